import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, spectrum
from pairbounds.theory.quantities.confidence import (
    bernstein_deviation,
    detectable,
    labelling_error_interval,
    shared_halves,
    singular_value_bernstein,
    student_half,
)

REPETITIONS = 200  # of samples
GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)) ** 3, [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1])


def counts_of(graph, n, rng):
    return rng.multinomial(n, graph.joint.toarray().ravel()).reshape(graph.shape)


# Proportions.


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_the_interval_of_a_labelling_error_is_scipys_of_a_proportion(trials, level):
    wrong, n = trials
    result = labelling_error_interval(np.zeros(n), np.arange(n) < wrong, level=level)
    expected = scipy.stats.binomtest(wrong, n).proportion_ci(level, method="exact")
    assert result == pytest.approx((expected.low, expected.high), abs=1e-10)


# The next singular value.


def test_coverage_of_the_bernstein_interval_and_what_it_costs():
    rng, true = np.random.default_rng(4), spectrum(GRAPH, 2).singular_values[1]
    result = [singular_value_bernstein(counts_of(GRAPH, 5_000, rng), 1, level=0.9) for _ in range(REPETITIONS)]
    assert all(low <= true <= high for low, high in result)
    assert 0.7 < np.mean([high for _, high in result]) < 0.95
    low, high = singular_value_bernstein(counts_of(GRAPH, 10**8, rng), 1)
    assert high - low < 0.01


def test_proportions_exceed_the_deviation_at_most_at_its_rate():
    """Exactly, by the binomial distribution; without the second term some exceed it more often."""

    def excess(scale: float) -> float:
        cases = itertools.product((1, 2, 5, 20, 200), (0.01, 0.1, 0.5, 0.9), (0.1, 1.0, 3.0, 6.0))
        ends = ((n, p, log, p + bernstein_deviation(p * (1 - p), scale * (1 - p), log, n)) for n, p, log in cases)
        return max(scipy.stats.binom.sf(math.floor(n * end + 1e-9), n, p) - math.exp(-log) for n, p, log, end in ends)

    assert excess(1.0) <= 0 < excess(0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: labelling_error_interval([0], [0], level=1.0), "level=1.0 is not a confidence"),
        (lambda: labelling_error_interval([], []), "no pairs"),
        (lambda: labelling_error_interval([0, 1], [0]), r"first has shape \(2,\) and second \(1,\)"),
        (lambda: singular_value_bernstein(np.full((3, 3), 0.5), 1), "not whole numbers"),
        (lambda: singular_value_bernstein(np.pad(np.ones((3, 3)), 1), 1), "empty rows or columns"),
        (lambda: singular_value_bernstein(np.ones((3, 2)), 2), r"k=2 is not in 1\.\.1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Means.


def test_the_interval_allows_for_splits_that_overlap():
    """Half and half: `1/n` becomes `1/n + 1` (Nadeau and Bengio 2003)."""
    values = np.random.default_rng(0).standard_normal(10)
    assert student_half(values, overlap=1.0) == pytest.approx(student_half(values) * np.sqrt((0.1 + 1) / 0.1))
    assert student_half(values) == pytest.approx(2.262157 * values.std(ddof=1) / np.sqrt(10), rel=1e-6)
    assert student_half([0.0, 1.0]) == pytest.approx(12.706205 / 2, rel=1e-6)
    assert np.isnan(student_half([1.0]))
    assert detectable(1.0, 4) == pytest.approx(1 + 0.940965 / 2.776445, rel=1e-6)


def test_degrees_of_freedom_of_shared_halves_give_the_nominal_power():
    """The interval by three splits has many degrees of freedom, by the spread of all columns; 2 are too few."""
    rng, trials, n, g = np.random.default_rng(3), 3_000, 3, 23
    samples = [0.3 * rng.standard_normal((n, 1)) + rng.standard_normal((n, g)) for _ in range(trials)]
    result = [shared_halves(values) for values in samples]
    half, degrees = np.mean(result, axis=0)
    means = np.array([values[:, 0].mean() for values in samples])

    def power(effect):
        return np.mean(np.abs(means + effect) > [fit.mean for fit in result])

    assert degrees > 20
    assert abs(power(detectable(half, degrees)) - 0.8) < 0.03
    assert power(detectable(half, n - 1)) < 0.72


def test_shared_halves_reduce_to_students_interval_if_all_noise_is_shared():
    rng = np.random.default_rng(2)
    values = rng.standard_normal((6, 1)) + np.array([1.0, 5.0])
    assert shared_halves(values, overlap=1 / 3)[0] == pytest.approx(student_half(values[:, 0], overlap=1 / 3))
    assert shared_halves(np.ones((3, 2))) == (0.0, 2)
    for wrong in (np.ones((1, 3)), np.ones((3, 1)), np.full((3, 3), np.nan)):
        with pytest.raises(ValueError, match="give at least two rows"):
            shared_halves(wrong)
