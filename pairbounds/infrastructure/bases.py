"""Columns of a tall matrix: norms and scales without overflow, and orthonormal bases of their span."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks, svd

RANK_TOLERANCE = 64 * EPS
NO_SIZE = -10_000  # an exponent below every exponent of float64
UnitColumns = tuple[FloatArray, IntArray]  # as `unit_columns` returns them
TINY, HUGE = 1e-100, 1e100  # squares of norms between them neither overflow nor underflow


def row_norms(rows: FloatArray) -> FloatArray:
    """Norms of the rows, (n,), whose squares must neither overflow nor vanish; makes no copy, unlike numpy."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def column_norms(columns: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Norms of the columns of any size, (k,); 1 for a zero column. Rows are first multiplied by any weights, (n,)."""
    blocks = (
        columns[rows] if weights is None else weights[rows, None] * columns[rows] for rows in row_blocks(*columns.shape)
    )
    with np.errstate(over="ignore", under="ignore"):
        plain = np.sqrt(sum(np.einsum("ij,ij->j", block, block) for block in blocks))
    if np.all((plain > TINY) & (plain < HUGE)):
        return np.asarray(plain)
    if weights is not None:
        return column_norms(weights[:, None] * columns)
    largest = np.abs(columns).max(axis=0)
    largest[largest == 0] = 1  # zero columns stay zero; squares of other columns neither overflow nor vanish
    return np.asarray(largest * np.maximum(1.0, np.linalg.norm(columns / largest, axis=0)))


def unit_columns(columns: FloatArray) -> UnitColumns:
    """Columns scaled by powers of two so that their largest entry is in [1/2, 1), and these powers, (k,).

    Exact, unless an entry underflows because it is far smaller than the largest of its column. A zero column has the
    power `NO_SIZE`: multiplied by it, every number is 0.
    """
    largest = largest_sizes(columns)
    powers = np.where(largest > 0, np.frexp(largest)[1], NO_SIZE)
    return times_powers(columns, -powers), powers


def largest_sizes(columns: FloatArray) -> FloatArray:
    """Largest absolute entry of each column, (k,), without a copy of the matrix."""
    return np.asarray(np.maximum(columns.max(axis=0), -columns.min(axis=0)))


def times_powers(columns: FloatArray, powers: IntArray | int) -> FloatArray:
    """The columns times `2^powers`, exact unless entries underflow."""
    with np.errstate(under="ignore"):
        return np.ldexp(columns, powers)


def thin_factors(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`Q`, (n, k), orthonormal, and `R`, (k, k), with `F = Q R`, from the columns of F, (n, k) with `k <= n`.

    Householder reflections: each column has a round-off error relative to its own norm.
    """
    basis, factor = scipy.linalg.qr(columns, mode="economic")
    return np.asarray(basis, dtype=np.float64), np.asarray(factor, dtype=np.float64)


def independent(factor: FloatArray) -> FloatArray:
    """Matrix V, (k, rank), with `Q V` an orthonormal basis of the columns of `F = Q R`, from R, (k, k).

    Columns count as dependent if they are so up to round-off of their norms. V is the identity if none are.
    """
    rotation, values, _ = svd(factor / column_norms(factor), full_matrices=True)
    is_independent = values > RANK_TOLERANCE * values[0]
    return np.eye(len(values)) if is_independent.all() else rotation[:, is_independent]
