import numpy as np
import pytest
import scipy.linalg

from pairbounds.infrastructure.bases import independent, spanning, thin_factors, times, times_powers

EPS = float(np.finfo(np.float64).eps)


def orthonormal(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    return scipy.linalg.qr(rng.standard_normal((rows, count)), mode="economic")[0]


@pytest.mark.parametrize("off", [0.0, 1e-13, 1e-9, 1e-4, 1.0])
def test_columns_are_their_factors_however_near_to_orthonormal_they_are(off):
    """Of any lengths; those that are orthonormal already are left as they are."""
    rng = np.random.default_rng(0)
    lengths = 10.0 ** rng.uniform(-100, 100, 20)
    columns = (orthonormal(rng, 300, 20) + off * rng.standard_normal((300, 20))) * lengths
    basis, factor = thin_factors(columns)
    np.testing.assert_allclose(basis.T @ basis, np.eye(20), atol=100 * EPS)
    np.testing.assert_allclose(basis @ factor / lengths, columns / lengths, atol=100 * EPS * (1 + off))
    assert np.array_equal(factor, np.diag(np.diag(factor))) == (off == 0)


def test_many_columns_that_are_nearly_orthogonal_two_by_two_may_be_nearly_dependent():
    columns = np.eye(1_003) - (1 - 1e-5) / 1_003  # classes, all but centred: of two the product is -1/1,002
    basis, _ = thin_factors(columns)
    assert np.abs(basis.T @ basis - np.eye(1_003)).max() < 1e-12


@pytest.mark.parametrize("powers", [[3, -70, 0], [500, -1000, 2], [-1100, 0, 1], [-10_000, 5, 5], -3])
def test_products_with_powers_of_two_are_exact(powers):
    columns = np.random.default_rng(0).uniform(-1e150, 1e150, (7, 3))
    np.testing.assert_array_equal(times_powers(columns, np.array(powers)), np.ldexp(columns, powers))


@pytest.mark.parametrize("factor", [np.diag([2.0, 0, -1]), np.triu(np.ones((3, 3))), np.eye(3)[::-1]])
def test_a_product_with_a_diagonal_or_another_factor(factor):
    matrix = np.random.default_rng(0).standard_normal((5, 3))
    np.testing.assert_allclose(times(matrix, factor), matrix @ factor, atol=4 * EPS)


@pytest.mark.parametrize("rank", [3, 6])
def test_what_spans_the_columns_is_the_basis_in_independent_combinations(rank):
    rng = np.random.default_rng(1)
    basis, factor = thin_factors(rng.standard_normal((40, rank)) @ rng.standard_normal((rank, 6)))
    found = spanning(basis, factor)
    assert found.shape == (40, rank)
    np.testing.assert_array_equal(found, basis @ independent(factor))
