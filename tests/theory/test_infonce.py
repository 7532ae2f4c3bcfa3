import numpy as np
import pytest
import torch

from pairbounds.theory.quantities import population_infonce as module
from pairbounds.theory.quantities.population_infonce import infonce_loss, mutual_information
from tests.families import GRAPHS, embeddings, family_graph


def naive_loss(graph, f, g, temperature):
    """Transcribed: cross-entropy of each direction against all nodes of the other side, by their marginals."""
    scores = f @ g.T / temperature
    captions, images = np.exp(scores) @ graph.right_marginal, graph.left_marginal @ np.exp(scores)
    return np.sum(graph.joint.toarray() * (np.log(captions)[:, None] + np.log(images) - 2 * scores)) / 2


@pytest.mark.parametrize("block", [module.BLOCK, 20])
@pytest.mark.parametrize("family", GRAPHS)
def test_loss_from_its_definition(family, block, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    graph = family_graph(family, size=12)
    f, g = embeddings(graph, 2)
    assert infonce_loss(graph, f, g, 0.5) == pytest.approx(naive_loss(graph, f, g, 0.5), rel=1e-10)
    assert infonce_loss(graph, f, torch.tensor(g, requires_grad=True), 0.5) == infonce_loss(graph, f, g, 0.5)
    assert not np.isfinite(infonce_loss(graph, 1e200 * f, 1e200 * g))  # and no warning, which would fail the test


def test_gradients_are_right_and_constants_do_not_matter(monkeypatch):
    monkeypatch.setattr(module, "MANY", 20)  # several blocks
    graph = family_graph("sparse_random", 2, 8)
    f, g = (torch.tensor(side, requires_grad=True) for side in embeddings(graph, 2))
    assert torch.autograd.gradcheck(lambda a, b: infonce_loss(graph, a, b), (f, g))
    ones = torch.ones(graph.n_left, 1), 7 * torch.ones(graph.n_right, 1)
    shifted = infonce_loss(graph, torch.hstack([f, ones[0]]), torch.hstack([g, ones[1]]))
    assert shifted.item() == pytest.approx(infonce_loss(graph, f, g).item(), abs=1e-10)


def test_mutual_information_of_simple_graphs():
    assert mutual_information(family_graph("rank_one", size=12)) == pytest.approx(0, abs=1e-12)
    assert mutual_information(family_graph("identity", size=12)) == pytest.approx(np.log(12))
