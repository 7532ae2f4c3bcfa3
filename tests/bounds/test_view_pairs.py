"""Theorem 33: the values of features from pairs of views."""

import math

import pytest

from pairbounds.theory.bounds.theorem33_view_pairs import values_from_views


def test_two_images_by_hand():
    """`(1, 1)` with `(1, -1)`, and `(1, 0)` twice: the mean is `((1, 0), (0, -1/2))`; B = 2, L = ln 80, n = 2."""
    values, half = values_from_views([[1, 1], [1, 0]], [[1, -1], [1, 0]], 2)
    assert values.tolist() == [1, -0.5]
    log = math.log(2 * 2 / 0.05)
    assert half == pytest.approx(math.sqrt(2 * log) + log / 2)


@pytest.mark.parametrize(
    ("first", "second", "largest", "level", "why"),
    [
        ([[1.0]], [[1.0, 2.0]], 3, 0.95, "one shape"),
        ([[1.0]], [[2.0]], 3, 0.95, "is below 4"),
        ([[1.0], [0.5]], [[2.0], [0.5]], 3, 0.95, "is below 4"),
        ([[0.1, 0.1]], [[0.1, 0.1]], 1, 0.95, "is below 2"),
        ([[1.0]], [[1.0]], 1, 0, "confidence"),
        ([[1.0]], [[1.0]], 1, 1, "confidence"),
    ],
)
def test_bad_arguments(first, second, largest, level, why):
    with pytest.raises(ValueError, match=why):
        values_from_views(first, second, largest, level=level)
