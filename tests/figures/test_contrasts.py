"""Contrasts of arms: their standard error, and Holm's correction."""

import numpy as np
import pytest

from pairbounds.figures.contrasts import Contrast, Outcomes, holm


@pytest.mark.parametrize(
    ("by_unit", "by_group", "left"), [(0.05, 0.4, 0.2), (0.0, 0.0, 0.5), (0.005, 0.0, 0.5), (0.0, 0.5, 0.1)]
)
def test_the_standard_error_is_that_of_units_and_groups_together(by_unit, by_group, left):
    """Groups of one, two and three items, whose differences are alike."""
    rng, contrasts = np.random.default_rng(2), []
    groups = np.repeat(np.arange(60), [1, 2, 3] * 20)
    for _ in range(200):
        unit, group = by_unit * rng.standard_normal((12, 1)), by_group * rng.standard_normal(60)[groups]
        values = unit + group + left * rng.standard_normal((12, 120))
        contrasts.append(Outcomes({"a": values, "b": np.zeros((12, 120))}, groups).contrast("a", "b"))
        assert contrasts[-1].estimate == pytest.approx(values.mean())
    sizes = np.bincount(groups)
    truth = np.sqrt(by_unit**2 / 12 + by_group**2 * np.sum(sizes**2) / 120**2 + left**2 / 1_440)
    assert np.mean([contrast.error for contrast in contrasts]) == pytest.approx(truth, rel=0.15)
    assert np.std([contrast.estimate for contrast in contrasts]) == pytest.approx(truth, rel=0.2)


def test_the_least_difference_shown_follows_students_quantiles():
    """With 11 degrees of freedom these are 2.201 at 97.5%, 0.876 at 80% and 1.796 at 95%."""
    contrast = Contrast(0.5, 2.0, 12)
    assert contrast.least_shown() == pytest.approx(3.077 * 2, rel=1e-3)
    assert contrast.interval() == pytest.approx((0.5 - 4.402, 0.5 + 4.402), rel=1e-3)
    assert [contrast.within(margin) for margin in (4.08, 4.1)] == [False, True]
    assert Contrast(-0.5, 2.0, 12).within(4.1)


def test_arms_that_are_equal_have_no_difference_to_show_and_one_unit_has_no_error():
    equal = Outcomes({"a": np.ones((3, 5)), "b": np.ones((3, 5))}, np.arange(5))
    assert np.isnan(equal.contrast("a", "b").p_value)
    single = Outcomes({"a": np.eye(1, 5), "b": np.ones((1, 5))}, np.arange(5))
    assert np.isnan(single.contrast("a", "b").error)


def test_holms_values_are_those_of_its_definition():
    p_values = np.array([0.04, 0.001, 0.03, 0.2])
    np.testing.assert_allclose(holm(p_values), [0.09, 0.004, 0.09, 0.2])
