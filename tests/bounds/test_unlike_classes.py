"""Bounds by the mass of a class, where classes are of unlike mass: that of the heaviest counts, on the side meant."""

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, induced_labelling_error, labelling_error, spectrum
from pairbounds.theory.bounds import theorem17_trained_encoders as trained
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.quantities.consistency import label_coordinates, right_induced_labelling_error

K = 3
GRAPH = PairGraph(np.eye(6, 5) + 0.15 * np.random.default_rng(0).random((6, 5)), [0, 0, 0, 0, 1, 2], [0, 0, 0, 1, 1])
HEAVIEST = {
    side: max(mass[labels == c].sum() for c in labels)
    for side, mass, labels in (
        ("left", GRAPH.left_marginal, GRAPH.left_labels),
        ("right", GRAPH.right_marginal, GRAPH.right_labels),
    )
}


def nearly_the_optimum() -> Encoder:
    """An encoder of the graph's vectors, with a thousandth more of every value."""
    triplets = spectrum(GRAPH, K + 1)
    optimum = Encoder.optimum(GRAPH, triplets, K)
    return Encoder.of(GRAPH, triplets, K, (1.001 * optimum.left, optimum.right))


def squares() -> np.ndarray:
    return spectrum(GRAPH, K + 1).singular_values ** 2


def off_subspace(side: str) -> np.ndarray:
    """`√(p_max ε / (σ_j² - σ²_{k+1}))` for j = 1..k, of a thousandth more of each value."""
    values = squares()
    return np.sqrt(HEAVIEST[side] * 1e-6 * values[:K].sum() / (values[:K] - values[K]))


def test_the_heaviest_class_of_the_left_counts_in_theorem_7():
    encoder = nearly_the_optimum()
    arguments = GRAPH, encoder.spectrum, K, encoder
    tails = np.sqrt(induced_labelling_error(GRAPH) / (1 - squares()[1:]))
    found = BOUNDS["near-optimal-error"](*arguments)
    assert found == pytest.approx(2 * min(tails + off_subspace("left")) ** 2, rel=1e-6)


def test_the_heaviest_class_of_the_right_counts_at_zero_shot():
    encoder, values, differing = nearly_the_optimum(), squares(), right_induced_labelling_error(GRAPH)
    tails = np.sqrt((values[K] + 1e-6 * values[:K].sum()) * differing / (1 - values[1:]))
    expected = 2 * min(np.sqrt(2 * labelling_error(GRAPH) - differing) + off_subspace("right") + tails) ** 2
    found = BOUNDS["zero-shot-near-optimal"](GRAPH, encoder.spectrum, K, encoder)
    assert found == pytest.approx(expected, rel=1e-6)


def test_where_a_norm_would_be_costly_the_heaviest_class_bounds_it(monkeypatch):
    triplets, weights = spectrum(GRAPH, K + 1), np.array([0.5, 2.0, 1.0])
    coordinates = label_coordinates(GRAPH, triplets)[:K]
    monkeypatch.setattr(trained, "NORM_LIMIT", 0)
    assert trained._operator_norm(GRAPH, coordinates, weights) == pytest.approx(2 * np.sqrt(HEAVIEST["left"]))
    assert trained._squared_norm_beyond(GRAPH, triplets, K) == pytest.approx(HEAVIEST["left"])
