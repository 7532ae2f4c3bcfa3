import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.theory.quantities import power_laws
from pairbounds.theory.quantities.power_laws import fit_rate


@given(st.floats(-3, 3), st.floats(1e-3, 1e3), st.integers(5, 8))
def test_a_power_law_without_noise_is_found(exponent, constant, n_groups):
    x = np.tile(np.geomspace(1e-2, 1e3, 4), n_groups)
    fit = fit_rate(x, constant * x**exponent, np.repeat(np.arange(n_groups), 4), rng=np.random.default_rng(1))
    assert fit.exponent == pytest.approx(exponent, abs=1e-9)
    assert fit.constant == pytest.approx(constant, rel=1e-8)
    assert fit.low == pytest.approx(exponent, abs=1e-9)
    assert fit.high == pytest.approx(exponent, abs=1e-9)
    assert (fit.n, fit.n_groups, fit.level) == (4 * n_groups, n_groups, 0.95)


def test_the_exponent_is_that_of_scipy():
    rng = np.random.default_rng(2)
    x, y = rng.lognormal(size=40), rng.lognormal(size=40)
    line = scipy.stats.linregress(np.log(x), np.log(y))
    fit = fit_rate(x, y, rng=rng)
    assert fit.exponent == pytest.approx(line.slope, rel=1e-12)
    assert fit.constant == pytest.approx(np.exp(line.intercept), rel=1e-12)
    assert fit.low < fit.exponent < fit.high


def table(rng, n_groups):
    """Seeds whose level and whose slope differ, as those of worlds do; the exponent is -0.5 on average."""
    x, seeds = np.tile(np.geomspace(1, 100, 6), n_groups), np.repeat(np.arange(n_groups), 6)
    level, slope = rng.normal(0, 0.3, n_groups)[seeds], rng.normal(0, 0.1, n_groups)[seeds]
    return x, 2 * x ** (-0.5 + slope) * np.exp(level + rng.normal(0, 0.2, len(x))), seeds


def test_coverage(monkeypatch):
    """About 0.92 at level 0.95, with 20 seeds."""
    monkeypatch.setattr(power_laws, "RESAMPLES", 400)
    held = 0
    for seed in range(200):
        rng = np.random.default_rng([20, seed])
        fit = fit_rate(*table(rng, 20), rng=rng)
        held += fit.low <= -0.5 <= fit.high
    assert 0.88 <= held / 200 <= 0.98


def test_points_of_one_seed_are_not_taken_for_several(monkeypatch):
    """Twenty seeds, each measured ten times over at all but one place: two hundred points would know it far better."""
    monkeypatch.setattr(power_laws, "RESAMPLES", 400)
    by_seed, by_point = 0, 0
    for seed in range(60):
        rng, seeds = np.random.default_rng([1, seed]), np.repeat(np.arange(20), 10)
        x = rng.lognormal(size=20)[seeds] * rng.lognormal(sigma=0.01, size=200)
        y = x**-0.5 * rng.lognormal(size=20)[seeds]
        whole, each = fit_rate(x, y, seeds, rng=rng), fit_rate(x, y, rng=rng)
        by_seed += whole.low <= -0.5 <= whole.high
        by_point += each.low <= -0.5 <= each.high
    assert by_seed >= 50
    assert by_point <= 38


@pytest.mark.parametrize(
    ("x", "y", "groups", "level", "message"),
    [
        (np.arange(10), np.ones(10), None, 0.95, "x has 1 of 10 values that are not finite and positive"),
        (np.ones(10), np.ones(10), [1, 2], 0.95, "x, y and groups have 10, 10 and 2 entries"),
        (np.full(10, 3.0), np.ones(10), None, 0.95, "x has the one value 3: a slope takes two"),
        (np.arange(1, 11), np.ones(10), np.arange(10) % 4, 0.95, "there are 4 groups: an interval takes 5 or more"),
        (np.arange(1, 11), np.ones(10), None, 1.0, "level=1.0 is not a confidence"),
        ([1, 1, 1, 1, 2], np.ones(5), None, 0.95, "x has one value in some resamples"),
    ],
)
def test_bad_input(x, y, groups, level, message):
    with pytest.raises(ValueError, match=message):
        fit_rate(x, y, groups, level=level, rng=np.random.default_rng(0))
