"""Theorem 31: the range of the scores, and the temperature."""

import math

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem31_temperature import largest_temperature
from pairbounds.theory.quantities.population_infonce import mutual_information
from tests.families import GRAPHS, family_graph


@pytest.mark.parametrize("size", [0.03, 0.1, 0.3])
def test_features_of_unlike_lengths(size):
    """Marginals (1/4, 3/4) and (1/2, 1/2), and the longest features of each side; the value is rounded down."""
    graph = PairGraph([[1, 1], [3, 3]])
    features = size * np.array([[3, 4], [0, 1]]), np.array([[0, 0.5], [2, 0]])
    encoder = embedded(graph, 2, features)
    longest = [max(math.hypot(*row) for row in side) for side in encoder.balanced]
    least = math.exp(-2 * longest[0] * longest[1])
    exact = sum(p * math.log(p + (1 - p) * least) for p in (0.25, 0.75, 0.5, 0.5)) / 2
    result = BOUNDS["infonce-by-range"](graph, encoder.spectrum, 2, encoder)
    assert exact * (1 + 1e-11) < result < exact - 1e-14


def test_the_largest_temperature_by_hand():
    """Marginals of 1/2: `I = log 2 - log(1 + e^{-2/τ})`. Four pairs alone: only a share of I may be lacking."""
    graph = PairGraph([[2, 1], [1, 2]])
    information = math.log(2) + math.log(1 / 3) / 3 + 2 * math.log(2 / 3) / 3
    assert largest_temperature(graph) == pytest.approx(-2 / math.log(2 * math.exp(-information) - 1), rel=1e-6)
    assert largest_temperature(PairGraph(np.eye(4))) == pytest.approx(-2 / math.log(math.log(4) * 1e-9 / 3), rel=1e-3)
    assert math.isinf(largest_temperature(PairGraph(np.ones((2, 2)))))


@pytest.mark.parametrize("family", GRAPHS)
def test_above_the_largest_temperature_no_encoder_attains_the_optimum(family):
    """By the row's value for features on the sphere."""
    graph = family_graph(family)
    highest = largest_temperature(graph)
    encoder = embedded(graph, 1, (np.full((graph.n_left, 1), 1 / (1.001 * highest)), np.ones((graph.n_right, 1))))
    value = BOUNDS["infonce-by-range"](graph, encoder.spectrum, 1, encoder)
    information = mutual_information(graph)
    assert math.isinf(highest) or value > -information
    assert math.isinf(highest) or highest <= 2 / information * (1 + 1e-8)
