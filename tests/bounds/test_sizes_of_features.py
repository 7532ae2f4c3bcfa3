"""Features of any size in float64: no bound is violated, and bounds that do not depend on the size are unchanged."""

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, check_bounds

OF_NO_SIZE = {  # quantities of features that are the same for features of another size
    *("probe_error", "probe_mse", "zero_shot_error", "nearest_mean_error", "sphere_infonce_loss"),
    *("mean_classifier_cross_entropy", "aligned_induced_loss", "induced_alignment", "pair_alignment"),
}
POWERS = [(-1000, -1000), (-1000, 1000), (1000, 1000), (360, 360), (-560, -560)]
NAMES = [bound.name for bound in BOUNDS.values() if "optimum" not in bound.subject]
RNG = np.random.default_rng(0)
GRAPH = PairGraph(RNG.random((9, 7)) ** 3, RNG.integers(3, size=9), RNG.integers(3, size=7))
F, G = RNG.standard_normal((9, 3)), RNG.standard_normal((7, 3))


def table(left, right):
    pair = left * F, right * G
    return check_bounds(GRAPH, 3, pair, bounds=NAMES, penalty=0.3, critic=pair).set_index("bound")


@pytest.fixture(scope="module")
def plain():
    return table(1.0, 1.0)


@pytest.mark.parametrize("powers", POWERS)
def test_every_bound_on_features_of_any_size(powers, plain):
    result = table(*np.ldexp(1.0, powers))
    applies = result["applicable"]
    assert result.loc[applies, "holds"].all()
    assert np.isfinite(result.loc[applies, "measured"].astype(float)).all()
    assert result.loc[~applies & plain["applicable"], "note"].str.contains("overflow|beyond float64").all()
    unchanged = applies & result["quantity"].isin(OF_NO_SIZE)
    assert unchanged.sum() >= 6
    np.testing.assert_allclose(result.loc[unchanged, "measured"], plain.loc[unchanged, "measured"], rtol=1e-12)
    nearest = result.index.str.startswith("nearest-mean")
    np.testing.assert_allclose(result.loc[nearest, "value"], plain.loc[nearest, "value"], rtol=1e-12)


@pytest.mark.parametrize("power", range(-1080, -1020, 4))
def test_products_without_correct_digits_violate_no_bound(power):
    """The loss is a sum of such products, each with the few digits that are left of it."""
    graph = PairGraph([[1e-08, 3.4e-06]], [0], [0, 0])
    pair = np.ldexp([[-1.1]], power // 2), np.ldexp([[0.0], [-1.3]], power // 2)
    assert check_bounds(graph, 1, pair)["holds"].all()


def test_sides_whose_sizes_cancel_have_the_same_values(plain):
    result = table(2.0**1000, 2.0**-1000)
    of_products = result["quantity"].isin({"spectral_loss", "infonce_loss", "mean_classifier_loss"})
    assert of_products.sum() >= 4
    sides = ["measured", "value"]
    np.testing.assert_allclose(result.loc[of_products, sides], plain.loc[of_products, sides], rtol=1e-12)
