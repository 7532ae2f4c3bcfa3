"""Theorem 31: the range of the scores, and the temperature."""

import math

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem31_temperature import largest_temperature
from pairbounds.theory.quantities.infonce import mutual_information


@pytest.mark.parametrize("size", [0.03, 0.1, 0.3])
def test_features_of_unlike_lengths(size):
    """Marginals (1/4, 3/4) and (1/2, 1/2), and the longest features of each side; the value is rounded down."""
    graph = PairGraph([[1, 1], [3, 3]])
    features = size * np.array([[3, 4], [0, 1]]), np.array([[0, 0.5], [2, 0]])
    encoder = Encoder.of(graph, spectrum(graph, 2), 2, features)
    longest = [max(math.hypot(*row) for row in side) for side in encoder.balanced]
    least = math.exp(-2 * longest[0] * longest[1])
    exact = sum(p * math.log(p + (1 - p) * least) for p in (0.25, 0.75, 0.5, 0.5)) / 2
    found = BOUNDS["infonce-by-range"](graph, encoder.spectrum, 2, encoder)
    assert exact * (1 + 1e-11) < found < exact - 1e-14


def test_the_largest_temperature_is_two_over_the_information():
    graph = PairGraph([[2, 1], [1, 2]])
    assert largest_temperature(graph) == pytest.approx(
        2 / (math.log(2) + math.log(1 / 3) / 3 + 2 * math.log(2 / 3) / 3)
    )
    assert largest_temperature(graph) == pytest.approx(2 / mutual_information(graph))
    assert math.isinf(largest_temperature(PairGraph(np.ones((2, 2)))))
