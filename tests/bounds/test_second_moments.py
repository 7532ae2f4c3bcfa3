"""Theorem 16a: graphs on which the second moments of the scores allow nothing below `2 ε₂`, and it is the error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import BOUNDS, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds.scoring import embedded
from tests.families import ANY_RNG

TAU = 0.1  # how far pairs depend on the scores at all


def tied_graph(masses: np.ndarray, ties: np.ndarray) -> tuple[PairGraph, int]:
    """The graph of the proposition for class masses p, (r,), and W, (r, r); with its width."""
    classes = len(masses)
    sure = masses - ties.sum(axis=1)
    nodes = [(c, c, sure[c]) for c in range(classes) if sure[c] > 0]
    nodes += [(c, d, ties[c, d]) for c in range(classes) for d in range(classes) if ties[c, d] > 0]
    labels, rivals, weights = (np.array(column) for column in zip(*nodes, strict=True))
    scores = (np.eye(classes)[labels] + np.eye(classes)[rivals]) / 2
    centred = np.sqrt(weights)[:, None] * (scores - weights @ scores)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    basis = left[:, values > 1e-9] / np.sqrt(weights)[:, None]
    dimensions = basis.shape[1]
    if dimensions == 0:  # one score for all: the constant says it
        return PairGraph(weights[:, None], labels), 1
    tilt = TAU * np.sqrt(dimensions) * basis / np.abs(np.sqrt(dimensions) * basis).max()
    joint = weights[:, None] * np.hstack([1 + tilt, 1 - tilt]) / (2 * dimensions)
    return PairGraph(joint, labels), dimensions + 1


def moments(graph: PairGraph, k: int) -> np.ndarray:
    """`K = Ỹᵀ (I - Π_k) Ỹ`, (r, r)."""
    top, targets = spectrum(graph, min(k + 1, *graph.shape)).leading(k).left, graph.weighted_targets.toarray()
    return targets.T @ targets - (top.T @ targets).T @ (top.T @ targets)


@given(ANY_RNG, st.integers(2, 6))
def test_the_bound_for_every_weight_w(rng, classes):
    masses = rng.dirichlet(np.full(classes, 2.0))
    ties = rng.random((classes, classes)) * (rng.random((classes, classes)) < 0.7)
    ties = np.triu(ties, 1) + np.triu(ties, 1).T
    if not ties.any():
        ties[0, 1] = ties[1, 0] = 1
    ties *= rng.uniform(0.1, 1) * (masses / np.maximum(ties.sum(axis=1), 1e-12)).min()
    graph, k = tied_graph(masses, ties)
    optimum, second = embedded(graph, k), moments(graph, k)
    measured = optimum.probe
    assert optimum.spectrum.singular_values[k] < 1e-9
    assert measured.error == pytest.approx(ties.sum(), abs=1e-9)
    assert measured.error == pytest.approx(2 * measured.mse, abs=1e-9)
    assert np.trace(second) == pytest.approx(measured.mse, abs=1e-9)
    apart = ~np.eye(len(masses), dtype=bool)
    np.testing.assert_allclose(second[apart], -ties[apart] / 2, atol=1e-9)
    assert np.all(second[apart] <= 1e-9)
    assert np.all(np.diag(second) <= masses / 2 + 1e-9)
    # A bound that knows no more than K has equality; so have those that know the graph: the nodes that err do tie.
    table = check_bounds(graph, k, bounds=["imbalance-error", "sharp-probe-error", "local-multihop-error"])
    np.testing.assert_allclose(table["value"], measured.error, atol=1e-6)
    assert table["holds"].all()


def test_without_the_constant_the_bound_is_twice_the_squared_error():
    """Four components and three classes at k = 1: the scores need not sum to 1."""
    graph = PairGraph(np.eye(4), [0, 1, 2, 2])
    optimum = embedded(graph, 1)
    assert BOUNDS["imbalance-error"](graph, optimum.spectrum, 1) == pytest.approx(2 * optimum.probe.mse)
