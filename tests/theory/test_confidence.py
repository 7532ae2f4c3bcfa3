"""Intervals of means over seeds: their coverage, and the effects that they show."""

import numpy as np
import pytest
import scipy.stats

from pairbounds.theory.quantities.confidence import detectable, seeds_needed, shared_halves, student_half


def test_the_interval_allows_for_splits_that_overlap():
    """Half and half: `1/n` becomes `1/n + 1` (Nadeau and Bengio 2003)."""
    values = np.random.default_rng(0).standard_normal(10)
    assert student_half(values, overlap=1.0) == pytest.approx(student_half(values) * np.sqrt((0.1 + 1) / 0.1))
    assert student_half(values) == pytest.approx(2.262157 * values.std(ddof=1) / np.sqrt(10), rel=1e-6)
    assert student_half([0.0, 1.0]) == pytest.approx(12.706205 / 2, rel=1e-6)
    assert np.isnan(student_half([1.0]))


def test_shared_halves_hold_what_they_should():
    rng, inside = np.random.default_rng(1), np.zeros(2)
    trials, n, g = 2_000, 5, 6
    for _ in range(trials):
        values = 2 * rng.standard_normal((n, 1)) + rng.standard_normal((n, g))
        mean, of_two, _ = shared_halves(values)
        means = values.mean(axis=0)
        inside += [abs(means[0]) <= mean, abs(means[0] - means[1]) <= of_two]
    # Three standard errors of a share of 0.95 are 0.015; Satterthwaite's degrees of freedom err a little.
    assert np.all(np.abs(inside / trials - 0.95) < 0.02)


def test_with_the_degrees_of_shared_halves_the_power_is_what_it_should_be():
    """The interval by three splits has many degrees of freedom, by the spread of all columns; 2 are too few."""
    rng, trials, n, g = np.random.default_rng(3), 3_000, 3, 23
    drawn = [0.3 * rng.standard_normal((n, 1)) + rng.standard_normal((n, g)) for _ in range(trials)]
    found = [shared_halves(values) for values in drawn]
    half, _, degrees = np.mean(found, axis=0)
    means = np.array([values[:, 0].mean() for values in drawn])

    def shown(effect):
        return np.mean(np.abs(means + effect) > [one.mean for one in found])

    assert degrees > 20
    assert abs(shown(detectable(half, degrees)) - 0.8) < 0.03
    assert shown(detectable(half, n - 1)) < 0.72


def test_shared_halves_are_students_where_there_is_nothing_shared_or_nothing_own():
    rng = np.random.default_rng(2)
    values = rng.standard_normal((6, 1)) + np.array([1.0, 5.0])
    assert shared_halves(values, overlap=1 / 3)[0] == pytest.approx(student_half(values[:, 0], overlap=1 / 3))
    assert shared_halves(values)[1] == pytest.approx(0, abs=1e-12)
    assert shared_halves(np.ones((3, 2))) == (0.0, 0.0, 2)
    pair = rng.standard_normal((6, 2))
    assert shared_halves(pair, overlap=0.1)[1] == pytest.approx(student_half(pair[:, 0] - pair[:, 1], overlap=0.1))
    for wrong in (np.ones((1, 3)), np.ones((3, 1)), np.full((3, 3), np.nan)):
        with pytest.raises(ValueError, match="give two finite rows and columns"):
            shared_halves(wrong)


def test_so_many_seeds_show_a_difference_and_no_fewer():
    values = np.random.default_rng(0).standard_normal(6)
    for overlap, difference in ((0.0, 1.0), (0.0, 0.3), (0.02, 1.0)):
        half = student_half(values, overlap=overlap)
        needed = seeds_needed(half, 6, difference, overlap=overlap)
        spread = values.std(ddof=1)

        def shown(n, overlap=overlap, spread=spread):
            own = float(scipy.stats.t.ppf(0.975, n - 1)) * spread * np.sqrt(1 / n + overlap)
            return detectable(own, n - 1)

        assert shown(needed) <= difference < shown(needed - 1)
    assert detectable(1.0, 4) == pytest.approx(1 + 0.940965 / 2.776445, rel=1e-6)


def test_what_splits_have_in_common_no_number_of_them_takes_away():
    half = student_half([1.0, -1.0, 0.5], overlap=0.25)
    assert seeds_needed(half, 3, 0.1, overlap=0.25) == np.inf
    for n, difference in ((3, 0), (1, 1)):
        with pytest.raises(ValueError, match=f"difference={difference}, n={n}"):
            seeds_needed(half, n, difference)
