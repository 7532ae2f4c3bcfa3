"""Theorems beyond their inequality: identities against dense algebra, special cases, counterexamples."""

import numpy as np
import pytest
import scipy.linalg

from pairbounds import optimal_embeddings, spectral_loss, spectrum
from pairbounds.theory.bounds.measured import aligned_induced_loss
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem05_self_supervised import image_error
from tests.families import GRAPHS, family_graph


@pytest.mark.parametrize("family", ["dense_random", "sparse_random", "heavy_tailed", "tall", "wide", "imbalanced"])
def test_multimodal_and_self_supervised_optima_span_one_subspace(family):
    """Theorem 3, by an eigendecomposition of the induced graph that knows nothing of captions."""
    graph, k = family_graph(family, 2), 3
    adjacency = graph.induced().normalized.toarray()
    values, vectors = np.linalg.eigh(adjacency)
    ours = spectrum(graph, k + 1)
    np.testing.assert_allclose(values[::-1][: k + 1], ours.singular_values**2, atol=1e-12)
    self_supervised = vectors[:, ::-1][:, :k]
    multimodal = np.sqrt(graph.left_marginal)[:, None] * optimal_embeddings(graph, k)[0]
    assert scipy.linalg.subspace_angles(multimodal, self_supervised).max() < 1e-6


@pytest.mark.parametrize("family", GRAPHS)
def test_aligned_induced_loss_is_the_least_over_linear_maps(family):
    """By least squares: with M = T Tᵀ the loss on P_T is quadratic in M."""
    graph = family_graph(family, 3, 12)
    f = np.random.default_rng(4).standard_normal((graph.n_left, 2))
    induced = graph.induced()
    aligned = aligned_induced_loss(embedded(graph, 2, f))
    basis = scipy.linalg.orth(np.sqrt(graph.left_marginal)[:, None] * f)
    best = basis.T @ induced.normalized.toarray() @ basis
    values, vectors = np.linalg.eigh(best)
    optimal = basis @ vectors * np.sqrt(np.clip(values, 0, None)) / np.sqrt(graph.left_marginal)[:, None]
    assert spectral_loss(induced, optimal, optimal) == pytest.approx(aligned, rel=1e-9, abs=1e-12)
    for seed in range(5):
        other = f @ np.random.default_rng(seed).standard_normal((2, 2))
        assert spectral_loss(induced, other, other) >= aligned - 1e-12


@pytest.mark.parametrize("family", GRAPHS)
def test_image_error_from_its_definition(family):
    graph = family_graph(family, 8)
    encoder = embedded(graph, 3)
    scores = encoder.left @ encoder.probe.coefficients
    classes, naive = np.unique(graph.left_labels).tolist(), 0.0
    for image in range(graph.n_right):
        votes = dict.fromkeys(classes, 0.0)
        for view in range(graph.n_left):
            order = np.argsort(scores[view])
            if len(classes) == 1 or scores[view, order[-1]] > scores[view, order[-2]] + 1e-9:
                votes[classes[order[-1]]] += graph.joint[view, image]
        label = graph.right_labels[image]
        right = label in votes and all(votes[label] > votes[c] + 1e-12 for c in classes if c != label)
        naive += graph.right_marginal[image] * (not right)
    assert image_error(encoder) == pytest.approx(naive, abs=1e-9)


@pytest.mark.parametrize("family", ["dense_random", "latent_captions", "torus", "split_by_class", "low_rank"])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_no_embedding_of_width_k_misses_less_of_slow_targets(family, k):
    """The remark to theorem 4: every f misses a target that varies no more than the targets that f* misses."""
    graph, rng = family_graph(family, 3), np.random.default_rng(4)
    root, triplets = np.sqrt(graph.left_marginal), spectrum(graph, k + 1)
    slope = 2 * (1 - triplets.singular_values[k] ** 2)
    pairs = graph.induced().joint.toarray()

    def variation(target):
        return np.sum(pairs * (target[:, None] - target) ** 2)

    for f in (rng.standard_normal((graph.n_left, k)), triplets.left[:, :k] / root[:, None]):
        free = scipy.linalg.null_space((root[:, None] * f).T @ triplets.left[:, : k + 1])
        missed = triplets.left[:, : k + 1] @ free[:, 0] / root
        np.testing.assert_allclose(f.T @ (root**2 * missed), 0, atol=1e-12)
        assert variation(missed) <= slope + 1e-12
    for target in rng.standard_normal((20, graph.n_left)):
        tail = np.sum((root * target) ** 2) - np.sum((triplets.left[:, :k].T @ (root * target)) ** 2)
        assert variation(target) >= slope * tail - 1e-12
