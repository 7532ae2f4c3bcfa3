import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.theory.quantities import power_laws
from pairbounds.theory.quantities.power_laws import fit_rate
from tests.families import ANY_SEED


@given(ANY_SEED, st.floats(0, 1))
def test_the_slope_equals_scipys_and_is_in_its_interval(seed, noise):
    """Without noise the interval is a point."""
    rng = np.random.default_rng(seed)
    x, groups = rng.lognormal(size=40), np.arange(40) % 8
    y = rng.uniform(1e-3, 1e3) * x ** rng.uniform(-3, 3) * rng.lognormal(sigma=noise, size=40)
    line = scipy.stats.linregress(np.log(x), np.log(y))
    fit = fit_rate(x, y, groups, rng=rng)
    assert (fit.exponent, fit.constant) == pytest.approx((line.slope, np.exp(line.intercept)), rel=1e-8, abs=1e-9)
    assert fit.low - 1e-9 <= fit.exponent <= fit.high + 1e-9
    assert noise > 0 or fit.high - fit.low < 1e-9
    assert (fit.n, fit.n_groups, fit.level) == (40, 8, 0.95)


def test_intervals_have_their_coverage_and_points_of_a_seed_count_once(monkeypatch):
    """Twenty seeds, each measured ten times over at all but one place: two hundred points would know it far better."""
    monkeypatch.setattr(power_laws, "RESAMPLES", 400)
    seeds, covered = np.repeat(np.arange(20), 10), []
    for seed in range(120):
        rng = np.random.default_rng([1, seed])
        x = rng.lognormal(size=20)[seeds] * rng.lognormal(sigma=0.01, size=200)
        y = x**-0.5 * rng.lognormal(size=20)[seeds]
        fits = fit_rate(x, y, seeds, rng=rng), fit_rate(x, y, rng=rng)
        covered.append([fit.low <= -0.5 <= fit.high for fit in fits])
    by_seed, by_point = np.mean(covered, axis=0)
    assert 0.85 <= by_seed <= 0.98
    assert by_point <= 0.6


@pytest.mark.parametrize(
    ("x", "y", "groups", "level", "message"),
    [
        (np.arange(10), np.ones(10), None, 0.95, "x has 1 of 10 values that are not finite and positive"),
        (np.ones(10), np.ones(10), [1, 2], 0.95, "x, y and groups have 10, 10 and 2 entries"),
        (np.full(10, 3.0), np.ones(10), None, 0.95, "x has the single value 3: a slope needs two"),
        (np.arange(1, 11), np.ones(10), np.arange(10) % 4, 0.95, "there are 4 groups: an interval needs 5 or more"),
        (np.arange(1, 11), np.ones(10), None, 1.0, "level=1.0 is not a confidence"),
        ([1, 1, 1, 1, 2], np.ones(5), None, 0.95, "x has one value in some resamples"),
    ],
)
def test_bad_input(x, y, groups, level, message):
    with pytest.raises(ValueError, match=message):
        fit_rate(x, y, groups, level=level, rng=np.random.default_rng(0))
