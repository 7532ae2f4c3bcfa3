import math

import numpy as np
import pytest
import torch

from pairbounds import spectrum
from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.losses.clip import INITIAL_TEMPERATURE, LARGEST_SCALE
from pairbounds.simulations.losses.nt_xent import TEMPERATURE
from tests.families import GRAPHS


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embeddings(rng, n, k=3):
    return rng.standard_normal((n, k))


# The population, each from its formula, node by node.


def naive_population(name, graph, f, g):
    joint, p, q = graph.joint.toarray(), graph.left_marginal, graph.right_marginal
    if name in ("induced_spectral", "nt_xent"):
        joint, g, q = graph.induced().joint.toarray(), f, p
    if name in ("clip", "nt_xent"):
        f, g = unit(f), unit(g)
    scores = f @ g.T / {"clip": INITIAL_TEMPERATURE, "nt_xent": TEMPERATURE}.get(name, 1.0)
    pairs = [(x, y) for x in range(len(f)) for y in range(len(g))]
    together = sum(joint[x, y] * scores[x, y] for x, y in pairs)
    if name in ("spectral", "induced_spectral"):
        return -2 * together + sum(p[x] * q[y] * scores[x, y] ** 2 for x, y in pairs)
    forward = sum(p[x] * math.log(sum(q * np.exp(scores[x]))) for x in range(len(f)))
    backward = sum(q[y] * math.log(sum(p * np.exp(scores[:, y]))) for y in range(len(g)))
    return -together + (forward + backward) / 2


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("family", ["dense_random", "sparse_random", "heavy_tailed", "latent_captions"])
def test_the_population_from_its_definition(name, family):
    graph = GRAPHS[family](np.random.default_rng(0), 12)
    rng = np.random.default_rng(1)
    f, g = embeddings(rng, graph.n_left), embeddings(rng, graph.n_right)
    value = LOSSES[name](graph).population(torch.tensor(f), torch.tensor(g)).item()
    assert value == pytest.approx(naive_population(name, graph, f, g), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_no_embedding_goes_below_the_floor(name):
    graph = GRAPHS["latent_captions"](np.random.default_rng(4), 18)
    loss, rng = LOSSES[name](graph), np.random.default_rng(5)
    floor = loss.floor(3)
    if math.isnan(floor):
        assert name == "nt_xent"
        return
    for scale in (0.1, 1.0, 3.0):
        f, g = (torch.tensor(scale * embeddings(rng, n)) for n in graph.joint.shape)
        assert loss.population(f, g).item() >= floor
    root = np.sqrt(graph.left_marginal)[:, None]
    top = spectrum(graph, 3)
    if name == "induced_spectral":
        best = torch.tensor(top.left * top.singular_values / root)
        assert loss.population(best, best).item() == pytest.approx(floor, rel=1e-9)


def test_the_temperature_is_learned_shared_and_bounded():
    graph = GRAPHS["dense_random"](np.random.default_rng(6), 8)
    loss = LOSSES["clip"](graph)
    elsewhere = loss.on(GRAPHS["tall"](np.random.default_rng(6), 8))
    assert elsewhere.log_scale is loss.log_scale
    assert sum(parameter.numel() for parameter in loss.parameters()) == 1
    f, g = (unit(embeddings(np.random.default_rng(7), n)) for n in loss.graph.joint.shape)
    with torch.no_grad():
        loss.log_scale.fill_(50.0)
    expected = naive_population("infonce", loss.graph, LARGEST_SCALE * f, g)
    assert loss.population(torch.tensor(f), torch.tensor(g)).item() == pytest.approx(expected, rel=1e-9)
