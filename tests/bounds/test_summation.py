"""Theorem 16 whatever the order of summation: the last digits of products choose no filter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.spectrum.triplets import spectrum

NAMES = ["local-multihop-error", "local-penalised-error"]
PENALTY = 0.4
MOVED = 1e-6  # of the value
LEAST = 1e-6  # values below count as so much: they are round-off themselves

# With its columns reversed, or three times its weights, it once had 0.99969, 0.71586 and 0.58508 at k = 1: its measure
# has four atoms, and further steps of Lanczos are made of round-off.
FOUR_ATOMS = np.array(
    [
        [90, 38, 665, 598, 340, 85, 71, 80, 335, 805, 188],
        [625, 60, 84, 64, 24, 847, 738, 36, 17, 40, 15],
        [588, 296, 61, 81, 62, 208, 777, 555, 64, 5, 57],
        [79, 45, 524, 429, 246, 52, 66, 84, 114, 208, 165],
    ]
)


def bounds_of(weights: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    return check_bounds(PairGraph(weights, labels), k, penalty=PENALTY, bounds=NAMES)["value"].to_numpy(float)


def assert_in_any_order(weights: np.ndarray, labels: np.ndarray, k: int, rng: np.random.Generator) -> None:
    rows, columns = (rng.permutation(length) for length in weights.shape)
    plain = bounds_of(weights, labels, k)
    others = [
        bounds_of(3 * weights, labels, k),
        bounds_of(weights[:, ::-1], labels, k),
        bounds_of(weights[rows][:, columns], labels[rows], k),
        bounds_of(np.asfortranarray(weights)[::-1], labels[::-1], k),
    ]
    for other in others:
        assert other == pytest.approx(plain, rel=MOVED, abs=MOVED * LEAST)


def test_a_graph_of_four_atoms_has_one_value():
    labels = np.array([1, 0, 0, 1])
    assert_in_any_order(FOUR_ATOMS / 1000, labels, 1, np.random.default_rng(0))
    graph = PairGraph(FOUR_ATOMS, labels)
    assert bounds_of(FOUR_ATOMS, labels, 1)[0] >= Encoder.optimum(graph, spectrum(graph, 2), 1).probe.error


@settings(max_examples=4)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(2, 3), st.integers(0, 2**32 - 1))
def test_a_small_graph_has_one_value_in_any_order(n_left, n_right, n_classes, seed):
    rng = np.random.default_rng(seed)
    weights, labels = rng.integers(1, 1000, size=(n_left, n_right)), rng.integers(n_classes, size=n_left)
    assert_in_any_order(weights, labels, int(rng.integers(1, min(n_left, n_right))), rng)
