import numpy as np
import pytest
import torch

from pairbounds.theory.quantities import population_infonce as module
from pairbounds.theory.quantities.population_infonce import infonce_loss, mutual_information
from tests.families import GRAPHS


def naive_loss(graph, f, g, temperature):
    """Transcribed: cross-entropy of each direction against all nodes of the other side, by their marginals."""
    scores = f @ g.T / temperature
    others, images = np.exp(scores) @ graph.right_marginal, graph.left_marginal @ np.exp(scores)
    return np.sum(graph.joint.toarray() * (np.log(others)[:, None] + np.log(images) - 2 * scores)) / 2


@pytest.mark.parametrize(("block", "near"), [(module.BLOCK, module.NEAR), (20, module.NEAR), (20, 0.0)])
@pytest.mark.parametrize("family", GRAPHS)
def test_loss_from_its_definition(family, block, near, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    monkeypatch.setattr(module, "NEAR", near)
    graph, rng = GRAPHS[family](np.random.default_rng(0), 12), np.random.default_rng(1)
    f, g = rng.standard_normal((graph.n_left, 2)), rng.standard_normal((graph.n_right, 2))
    assert infonce_loss(graph, f, g, 0.5) == pytest.approx(naive_loss(graph, f, g, 0.5), rel=1e-10)
    assert infonce_loss(graph, f, torch.tensor(g, requires_grad=True), 0.5) == infonce_loss(graph, f, g, 0.5)
    assert not np.isfinite(infonce_loss(graph, 1e200 * f, 1e200 * g))  # and no warning, which would fail the test


def test_gradients_are_right_and_constants_do_not_matter(monkeypatch):
    monkeypatch.setattr(module, "MANY", 20)  # several blocks
    graph, rng = GRAPHS["sparse_random"](np.random.default_rng(2), 8), np.random.default_rng(3)
    f, g = (torch.tensor(rng.standard_normal((n, 2)), requires_grad=True) for n in graph.joint.shape)
    assert torch.autograd.gradcheck(lambda a, b: infonce_loss(graph, a, b), (f, g))
    ones = torch.ones(graph.n_left, 1), 7 * torch.ones(graph.n_right, 1)
    shifted = infonce_loss(graph, torch.hstack([f, ones[0]]), torch.hstack([g, ones[1]]))
    assert shifted.item() == pytest.approx(infonce_loss(graph, f, g).item(), abs=1e-10)


def test_mutual_information_of_simple_graphs():
    assert mutual_information(GRAPHS["rank_one"](np.random.default_rng(4), 12)) == pytest.approx(0, abs=1e-12)
    assert mutual_information(GRAPHS["identity"](np.random.default_rng(4), 12)) == pytest.approx(np.log(12))
