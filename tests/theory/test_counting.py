from dataclasses import replace

import numpy as np
import pytest

from pairbounds import PairGraph, spectrum
from pairbounds.theory.bounds import theorem22_counting as theorem
from tests.families import GRAPHS, dense_values, family_graph


@pytest.mark.parametrize("family", GRAPHS)
def test_no_value_exceeds_what_its_sums_allow(family):
    graph = family_graph(family)
    true, components = np.append(dense_values(graph) ** 2, 0.0), graph.n_components
    remaining = true[components:-1]
    for k in range(components, min(graph.shape)):
        n, j = len(remaining), k + 1 - components
        claimed = min(remaining.sum() / j, remaining.mean() + remaining.std() * np.sqrt((n - j) / j))
        result = theorem.square_at_most(graph, k)
        assert result >= true[k] - 1e-15
        assert result == pytest.approx(claimed, rel=1e-7, abs=1e-6)
    assert theorem.square_at_most(graph, min(graph.shape)) == 0


def test_sums_of_powers_are_rounded_outward():
    """Roots and sums of these weights are exact: `‖Ā‖² = 5/4`, its part beyond the component 1/4, in powers 17/128."""
    sums, unit = theorem._sums(PairGraph([[3, 1], [1, 3]])), 16 * 2.0**-52 * 2 * 5 / 4
    assert (sums.square - 1 / 4, 1 / 4 - sums.least_square, sums.fourth - 1 / 16) == pytest.approx(
        (unit,) * 3, rel=0.1, abs=0
    )


def test_a_gap_of_round_off_gives_no_bound():
    graph = PairGraph([[0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]], [0, 1, 1])
    triplets = replace(spectrum(graph, 3).leading(3))
    vars(triplets)["rounding"] = 1 - theorem.square_at_most(graph, 2)
    assert theorem.counted_mse(graph, triplets, 2) == np.inf
