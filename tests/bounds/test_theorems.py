"""Theorems beyond their inequality: identities against dense algebra, special cases, counterexamples."""

import numpy as np
import pytest
import scipy.linalg

from pairbounds import spectral_loss
from pairbounds.theory.bounds.measured import aligned_induced_loss
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem05_self_supervised import image_error
from tests.families import GRAPHS, family_graph


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
