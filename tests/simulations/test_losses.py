import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from pairbounds import spectrum
from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.losses.clip import INITIAL_TEMPERATURE, LARGEST_SCALE
from pairbounds.simulations.losses.nt_xent import TEMPERATURE
from pairbounds.simulations.pair_sampling import PairSampler
from tests.families import GRAPHS, family_graph

SIZES = st.integers(2, 6)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embeddings(rng, n, k=3):
    return rng.standard_normal((n, k))


# Batches, each from its formula.


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


# The population, each from its formula.


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
def test_the_mean_of_batch_losses_is_near_the_population_loss(name):
    """The mean of many batches, within 4 standard errors and, for the losses with a logarithm, a bias of 1 / B."""
    graph = family_graph("latent_captions", 2)
    rng = np.random.default_rng(3)
    f, g = (torch.tensor(0.3 * embeddings(rng, n)) for n in graph.shape)
    loss, sampler, size = LOSSES[name](graph), PairSampler(graph), 400
    second = f if loss.induced else g
    draw = sampler.induced_pairs if loss.induced else sampler.pairs
    with torch.no_grad():
        batches = [draw(size, rng) for _ in range(100)]
        values = [loss.sampled(f[x], second[y]).item() for x, y in batches]
        target = loss.population(f, g).item()
    spread = np.std(values) / np.sqrt(len(values))
    bias = 0.0 if "spectral" in name else math.exp(4 / INITIAL_TEMPERATURE if name == "clip" else 4) / size
    assert np.mean(values) == pytest.approx(target, abs=4 * spread + min(bias, 0.2))


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
