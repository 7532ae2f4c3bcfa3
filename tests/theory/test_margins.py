import numpy as np
import pytest
import scipy.optimize
from hypothesis import assume, given
from hypothesis import strategies as st

from pairbounds.theory.quantities.margins import error_within
from tests.families import ANY_RNG


@given(ANY_RNG, st.floats(0, 2))
def test_the_error_within_a_budget_solves_its_linear_programme(rng, budget):
    gaps, masses = rng.uniform(-0.5, 1.5, 7), rng.dirichlet(np.ones(7))
    cost = masses * np.maximum(0, gaps) ** 2 / 2
    assume(cost[cost > 0].min() > 1e-6)  # the solver's tolerance takes less for nothing
    solved = scipy.optimize.linprog(-masses, A_ub=cost[None], b_ub=[budget], bounds=(0, 1))
    assert error_within(gaps, masses, budget) == pytest.approx(-solved.fun, abs=1e-9)
    theta = rng.uniform(0.1, 1)
    assert error_within(gaps, masses, budget) <= masses[gaps <= theta].sum() + 2 * budget / theta**2 + 1e-12


def test_round_off_of_as_many_sums_counts_in_the_budget_and_in_the_mass():
    """A quarter of 1,024 nodes is paid for to the last digit: what is added is 4 units for each node, and twice."""
    count, unit = 1024, 4 * 1024 * 2.0**-52
    for budget, share in ((1 / 8, 1 / 4), (1 / 8 + 2.0**-12, 1 / 4 + 2.0**-11)):
        result = error_within(np.ones(count), np.full(count, 1 / count), budget)
        assert result / share - 1 == pytest.approx(2 * unit, rel=0.1, abs=0)


def test_a_node_that_costs_exactly_the_budget_is_counted():
    """Half of the mass costs nothing, a quarter 1/8 and the rest more than there is."""
    assert error_within(np.array([3.0, 0.0, 1.0]), np.array([0.25, 0.5, 0.25]), 1 / 8) == pytest.approx(0.75)
    assert error_within(np.array([1.0, -1.0]), np.array([0.5, 0.5]), 0.0) == pytest.approx(0.5)
