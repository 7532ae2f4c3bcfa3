import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.theory.quantities.scores import (
    Standing,
    linear_scores,
    linear_standing,
    strict_standing,
    sums_of_others,
)
from tests.families import ANY_RNG

EPS = float(np.finfo(np.float64).eps)


def naive_winner(row: list[float], tie: float) -> int:
    """The column that is larger than each other one by more than `tie`, or -1."""
    for column, score in enumerate(row):
        if all(score - other > tie for c, other in enumerate(row) if c != column):
            return column
    return -1


@given(ANY_RNG, st.integers(1, 9), st.integers(1, 5))
def test_winners_from_their_definition(rng, n, r):
    """Small integers tie often; a billionth is no tie."""
    table = rng.integers(-2, 3, size=(n, r)) + 1e-9 * rng.integers(2, size=(n, r))
    ties = 64 * EPS * np.sqrt(r) * np.abs(table).max(axis=1)
    winners = strict_standing(table).winners.tolist()
    assert winners == [naive_winner(*row) for row in zip(table.tolist(), ties, strict=True)]
    nearly = table * (1 + EPS * rng.standard_normal((n, r)))
    assert strict_standing(nearly).winners.tolist() == winners


@given(ANY_RNG, st.integers(1, 12), st.integers(1, 5), st.sampled_from([1, 7, 2**22]))
def test_blocks_of_rows_give_the_result_of_all_rows(rng, n, r, at_once):
    """Integers: their products are exact, and ties are exact."""
    features, coefficients = rng.integers(-2, 3, size=(n, 2)) * 1.0, rng.integers(-2, 3, size=(2, r)) * 1.0
    offsets, noise = rng.integers(3, size=r) * 1.0, rng.random(n)
    scores = features @ coefficients + offsets
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairbounds.infrastructure.arrays.CACHED", at_once)
        blocks = [block for _, block in linear_scores(features, coefficients, offsets)]
        result = linear_standing(features, coefficients, noise, offsets)
    assert max(map(len, blocks)) <= max(1, at_once // r)
    np.testing.assert_array_equal(np.vstack(blocks), scores)
    for part in ("winners", "leads", "noise"):
        np.testing.assert_array_equal(getattr(result, part), getattr(Standing.of(scores, noise), part))


def test_sums_of_all_others_are_accurate():
    assert sums_of_others(np.array([5e-21, 1.0, 3e-21])).tolist() == [1.0, 8e-21, 1.0]
    parts = np.random.default_rng(0).random(9)
    np.testing.assert_allclose(sums_of_others(parts), parts.sum() - parts)
