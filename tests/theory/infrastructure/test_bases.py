import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.infrastructure.arrays import column_norms, independent, thin_factors, unit_columns
from tests.families import ANY_SEED


@given(seed=ANY_SEED, size=st.integers(-300, 300))
def test_columns_of_any_size_have_their_lengths_and_are_exactly_units_times_powers_of_two(seed, size):
    unit = np.random.default_rng(seed).uniform(-1, 1, (7, 3))
    columns = unit * 10.0**size
    np.testing.assert_allclose(column_norms(columns), np.linalg.norm(unit, axis=0) * 10.0**size)
    scaled, powers = unit_columns(columns)
    np.testing.assert_array_equal(np.ldexp(scaled, powers), columns)
    assert ((np.abs(scaled).max(axis=0) >= 0.5) & (np.abs(scaled).max(axis=0) < 1)).all()


@pytest.mark.parametrize("rank", [3, 6])
def test_independent_columns_of_any_length_span_the_matrix(rank):
    rng = np.random.default_rng(1)
    columns = rng.standard_normal((40, rank)) @ rng.standard_normal((rank, 6)) * 10.0 ** rng.uniform(-100, 100, 6)
    basis, factor = thin_factors(columns)
    spanning = basis @ independent(factor)
    assert spanning.shape == (40, rank)
    np.testing.assert_allclose(spanning.T @ spanning, np.eye(rank), atol=1e-13)
    np.testing.assert_allclose(
        spanning @ (spanning.T @ columns) / column_norms(columns), columns / column_norms(columns), atol=1e-13
    )
