import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import chisquare

from pairbounds import spectrum
from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.losses.clip import INITIAL_TEMPERATURE, LARGEST_SCALE
from pairbounds.simulations.losses.nt_xent import TEMPERATURE
from pairbounds.simulations.pair_sampling import PairSampler, draw_pairs
from tests.families import GRAPHS, family_graph

SIZES = st.integers(2, 6)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embeddings(rng, n, k=3):
    return rng.standard_normal((n, k))


def naive_spectral(f, g):
    scores = f @ g.T
    return -2 * scores.diagonal().mean() + np.mean(scores[~np.eye(len(f), dtype=bool)] ** 2)


def naive_infonce(joint, f, g, temperature=1.0):
    p, q, scores = joint.sum(axis=1), joint.sum(axis=0), f @ g.T / temperature
    both = p @ logsumexp(scores, axis=1, b=q) + q @ logsumexp(scores.T, axis=1, b=p)
    return both / 2 - np.sum(joint * scores)


def naive_nt_xent(f, g):
    rows = unit(np.vstack([f, g]))
    scores = rows @ rows.T / TEMPERATURE
    of_partners = np.diagonal(scores, len(f)).mean()
    np.fill_diagonal(scores, -np.inf)
    return logsumexp(scores, axis=1).mean() - math.log(len(rows) - 1) - of_partners


BATCHES = {
    "spectral": naive_spectral,
    "induced_spectral": naive_spectral,
    "infonce": lambda f, g: naive_infonce(np.eye(len(f)) / len(f), f, g),
    "clip": lambda f, g: naive_infonce(np.eye(len(f)) / len(f), unit(f), unit(g), INITIAL_TEMPERATURE),
    "nt_xent": naive_nt_xent,
}


@given(size=SIZES, seed=st.integers(0, 100))
@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_from_its_definition(name, size, seed):
    rng = np.random.default_rng(seed)
    f, g = embeddings(rng, size), embeddings(rng, size)
    loss = LOSSES[name](GRAPHS["dense_random"](rng, 8))
    assert loss.sampled(torch.tensor(f), torch.tensor(g)).item() == pytest.approx(BATCHES[name](f, g), rel=1e-10)


def naive_population(name, graph, f, g):
    joint, p, q = graph.joint.toarray(), graph.left_marginal, graph.right_marginal
    if name in ("induced_spectral", "nt_xent"):
        joint, g, q = graph.induced().joint.toarray(), f, p
    if name in ("clip", "nt_xent"):
        f, g = unit(f), unit(g)
    if name in ("spectral", "induced_spectral"):
        scores = f @ g.T
        return np.sum(np.outer(p, q) * scores**2 - 2 * joint * scores)
    return naive_infonce(joint, f, g, {"clip": INITIAL_TEMPERATURE, "nt_xent": TEMPERATURE}.get(name, 1.0))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("family", ["dense_random", "sparse_random", "heavy_tailed", "latent_captions"])
def test_the_population_from_its_definition(name, family):
    graph = family_graph(family, 0, 12)
    rng = np.random.default_rng(1)
    f, g = embeddings(rng, graph.n_left), embeddings(rng, graph.n_right)
    value = LOSSES[name](graph).population(torch.tensor(f), torch.tensor(g)).item()
    assert value == pytest.approx(naive_population(name, graph, f, g), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_no_embedding_goes_below_the_floor(name):
    graph = family_graph("latent_captions", 4)
    loss, rng = LOSSES[name](graph), np.random.default_rng(5)
    floor = loss.floor(3)
    if math.isnan(floor):
        assert name == "nt_xent"
        return
    for scale in (0.1, 1.0, 3.0):
        f, g = (torch.tensor(scale * embeddings(rng, n)) for n in graph.shape)
        assert loss.population(f, g).item() >= floor
    root = np.sqrt(graph.left_marginal)[:, None]
    top = spectrum(graph, 3)
    if name == "induced_spectral":
        best = torch.tensor(top.left * top.singular_values / root)
        assert loss.population(best, best).item() == pytest.approx(floor, rel=1e-9)


def test_the_temperature_is_learned_shared_and_bounded():
    graph = family_graph("dense_random", 6, 8)
    loss = LOSSES["clip"](graph)
    elsewhere = loss.on(family_graph("tall", 6, 8))
    assert elsewhere.log_scale is loss.log_scale
    assert sum(parameter.numel() for parameter in loss.parameters()) == 1
    f = torch.tensor(embeddings(np.random.default_rng(7), 4))
    with torch.no_grad():
        loss.log_scale.fill_(50.0)
    expected = naive_infonce(np.eye(4) / 4, unit(f.numpy()), unit(f.numpy()), 1 / LARGEST_SCALE)
    assert loss.sampled(f, f).item() == pytest.approx(expected, rel=1e-9)


# Pairs that are drawn.

GRAPH = family_graph("sparse_random", 0, 12)
DRAWS = 20_000


def counts(shape, rows, columns):
    table = np.zeros(shape)
    np.add.at(table, (rows, columns), 1)
    return table


def fits(observed, expected):
    """A chi-squared test; nothing is drawn that cannot be."""
    assert observed[expected == 0].sum() == 0
    positive = expected > 0
    return chisquare(observed[positive], expected[positive] * DRAWS).pvalue > 1e-3


@pytest.mark.parametrize("draw", [PairSampler.pairs, PairSampler.induced_pairs])
def test_pairs_follow_their_distribution(draw):
    expected = (GRAPH if draw is PairSampler.pairs else GRAPH.induced()).joint.toarray()
    assert fits(counts(expected.shape, *draw(PairSampler(GRAPH), DRAWS, np.random.default_rng(1))), expected)


def test_a_training_set_follows_the_joint_distribution():
    sample = draw_pairs(GRAPH, DRAWS, np.random.default_rng(3))
    rows, columns = sample.graph.joint.tocoo().coords
    observed = np.zeros(GRAPH.joint.shape)
    observed[sample.left[rows], sample.right[columns]] = sample.graph.joint.data * DRAWS
    assert fits(np.rint(observed), GRAPH.joint.toarray())
    np.testing.assert_allclose(observed, np.rint(observed), atol=1e-9)
    small_sample = draw_pairs(GRAPH, 5, np.random.default_rng(4))
    assert small_sample.graph.joint.nnz <= 5
    np.testing.assert_array_equal(small_sample.graph.left_labels, GRAPH.left_labels[small_sample.left])
    np.testing.assert_array_equal(small_sample.graph.right_ids, GRAPH.right_ids[small_sample.right])
