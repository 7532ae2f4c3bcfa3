"""Theorem 38: the probe of p under q, against a linear programme and measured errors."""

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import linprog

from pairbounds.theory.bounds.theorem38_shift import shifted_error
from tests.families import ANY_RNG


def drawn_masses(rng, n):
    """Masses of very different sizes, some 0."""
    masses = rng.random(n) ** 8 * (rng.random(n) < 0.8)
    masses[rng.integers(n)] += 0.1
    return masses / masses.sum()


@given(ANY_RNG)
def test_the_shifted_error_solves_its_linear_programme_and_is_at_most_the_largest_ratio(rng):
    n, mse = int(rng.integers(1, 9)), float(rng.random() ** 3)
    p, q = drawn_masses(rng, n), drawn_masses(rng, n)
    value = shifted_error(mse, p, q)
    best = linprog(-q, A_ub=[1e6 * p], b_ub=[1e6 * 2 * mse], bounds=(0, 1))  # HiGHS takes entries below 1e-9 for 0
    assert value == pytest.approx(-best.fun, abs=1e-7)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.max(np.where(q > 0, q / p, 0))
    assert value <= 2 * mse * ratio * (1 + 1e-9) + 1e-12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.1, [0.5, 0.4], [0.5, 0.5]), "p is no distribution"),
        ((0.1, [0.5, 0.5], [1.5, -0.5]), "q is no distribution"),
        ((0.1, [1.0], [0.5, 0.5]), "q is no distribution"),
        ((-0.1, [1.0], [1.0]), "mse=-0.1 is negative"),
        ((np.nan, [1.0], [1.0]), "mse=nan is negative or not a number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        shifted_error(*arguments)
