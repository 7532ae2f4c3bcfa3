import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, optimal_embeddings, spectral_loss
from pairbounds.theory.quantities.factorisation import best_partner
from tests.families import ANY_SEED, GRAPHS, dense_values, embeddings, family_graph


@given(ANY_SEED, st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
def test_loss_is_a_factorisation_error(seed, n_left, n_right, k):
    graph = PairGraph(np.random.default_rng(seed).random((n_left, n_right)) + 1e-3)
    f, g = embeddings(graph, k, seed)
    matrix = graph.normalized.toarray()
    product = (np.sqrt(graph.left_marginal)[:, None] * f) @ (np.sqrt(graph.right_marginal)[:, None] * g).T
    expected = np.sum((matrix - product) ** 2) - np.sum(matrix**2)
    assert spectral_loss(graph, f, g) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_torch_and_numpy_agree_and_gradients_are_right():
    graph = family_graph("sparse_random", 1, 10)
    f, g = (torch.tensor(side, requires_grad=True) for side in embeddings(graph, 2))
    loss = spectral_loss(graph, f, g)
    assert loss.item() == pytest.approx(spectral_loss(graph, f.detach().numpy(), g.detach().numpy()), rel=1e-14)
    assert torch.autograd.gradcheck(lambda a, b: spectral_loss(graph, a, b), (f, g))


@pytest.mark.parametrize("k", [1, 3, 6])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_optimum_has_the_lowest_loss_and_zero_gradient(family, k):
    graph = family_graph(family, 3)
    k = min(k, *graph.shape)
    f, g = (torch.tensor(side, requires_grad=True) for side in optimal_embeddings(graph, k))
    loss = spectral_loss(graph, f, g)
    lowest = -np.sum(dense_values(graph)[:k] ** 2)
    assert loss.item() == pytest.approx(lowest, rel=1e-9)
    loss.backward()
    assert f.grad.abs().max() < 1e-12
    assert g.grad.abs().max() < 1e-12


def test_mixed_arrays_and_wrong_shapes_raise():
    graph = PairGraph(np.ones((3, 4)))
    f, g = embeddings(graph, 2)
    with pytest.raises(TypeError, match="must both be numpy arrays or both be torch tensors"):
        spectral_loss(graph, torch.tensor(f), g)
    for wrong in ((g, f), (f, g[:, :1]), (f[0], g)):
        with pytest.raises(ValueError, match=r"this graph takes \(3, k\) and \(4, k\)"):
            spectral_loss(graph, *wrong)


@pytest.mark.parametrize("family", GRAPHS)
def test_no_right_embedding_is_better_than_the_best_partner(family):
    graph, rng = family_graph(family, 5, 12), np.random.default_rng(6)
    f, _ = embeddings(graph, 3)
    best = best_partner(graph, f)
    weighted = np.sqrt(graph.left_marginal)[:, None] * f
    basis = np.linalg.qr(weighted)[0][:, : np.linalg.matrix_rank(weighted)]
    lowest = -np.sum((basis.T @ graph.normalized.toarray()) ** 2)
    assert spectral_loss(graph, f, best) == pytest.approx(lowest, rel=1e-9)
    for size in (1e-3, 1.0):
        assert spectral_loss(graph, f, best + size * rng.standard_normal(best.shape)) >= lowest - 1e-12
