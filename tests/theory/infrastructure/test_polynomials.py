import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import chebyshev
from numpy.polynomial.polynomial import polyfromroots, polyval

from pairbounds.infrastructure import polynomials
from pairbounds.infrastructure.polynomials import least_seen, proved_range

COEFFICIENTS = st.lists(st.floats(-1, 1), min_size=1, max_size=24)
ENDS = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@given(COEFFICIENTS, ENDS, st.sampled_from([3, 8, 1024]))
def test_no_value_is_outside_and_a_fine_grid_says_it_sharply(coefficients, ends, points):
    low, high = ends

    def values(places: np.ndarray) -> np.ndarray:
        return chebyshev.chebval(2 * places - 1, coefficients)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polynomials, "POINTS", points)
        least, most = proved_range(values, len(coefficients) - 1, low, high)
    assert least <= least_seen(values, len(coefficients) - 1, low, high)
    true = values(np.linspace(low, high, 20_000))
    assert least - 1e-12 <= true.min()
    assert true.max() <= most + 1e-12
    if points == 1024:
        spread = true.max() - true.min()
        assert most - least <= spread * 1.001 + 1e-9


def test_between_the_points_of_the_grid_a_polynomial_is_not_smaller_than_said(monkeypatch):
    monkeypatch.setattr(polynomials, "POINTS", 4)
    dips = polyfromroots([0.3, 0.3, 0.55, 0.55, 0.8, 0.8])  # 0 at places off the grid
    values = polyval((1 - np.cos(np.linspace(0, np.pi, 25))) / 2, dips)
    assert values.min() > 0
    assert -1e-2 < proved_range(lambda places: polyval(places, dips), 6, 0.0, 1.0)[0] <= 0
