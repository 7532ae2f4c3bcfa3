"""Theorem 16 whatever the order of summation: the last digits of products choose no filter."""

import numpy as np
import pytest

from pairbounds import PairGraph, check_bounds
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.spectrum.triplets import spectrum

NAMES = ["local-multihop-error", "local-penalised-error"]
PENALTY = 0.4
MOVED = 1e-6  # of the value

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


def bounds_of(weights: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return check_bounds(PairGraph(weights, labels), 1, penalty=PENALTY, bounds=NAMES)["value"].to_numpy(float)


def test_a_graph_of_four_atoms_has_one_value():
    labels = np.array([1, 0, 0, 1])
    plain = bounds_of(FOUR_ATOMS, labels)
    for weights in (FOUR_ATOMS / 1000, 3 * FOUR_ATOMS, FOUR_ATOMS[:, ::-1], np.asfortranarray(FOUR_ATOMS)):
        assert bounds_of(weights, labels) == pytest.approx(plain, rel=MOVED)
    assert bounds_of(FOUR_ATOMS[::-1], labels[::-1]) == pytest.approx(plain, rel=MOVED)
    graph = PairGraph(FOUR_ATOMS, labels)
    assert plain[0] >= Encoder.optimum(graph, spectrum(graph, 2), 1).probe.error
