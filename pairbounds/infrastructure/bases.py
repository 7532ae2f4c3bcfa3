"""Columns of a tall matrix: their lengths and scales, of any size, and orthonormal bases of their span."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks, svd

RANK_TOLERANCE = 64 * EPS
NO_SIZE = -10_000  # below every power of two in float64
UnitColumns = tuple[FloatArray, IntArray]  # as `unit_columns` returns them
TINY, HUGE = 1e-100, 1e100  # between them no square of a length overflows, or loses what matters to underflow


def row_norms(rows: FloatArray) -> FloatArray:
    """The norms of the rows, (n,), whose squares neither overflow nor vanish; without a copy, as numpy makes it."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def column_norms(columns: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """The norms of the columns, (k,), whatever their size; 1 for one that is 0. Of rows times weights, (n,), if any."""
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
    largest[largest == 0] = 1  # a column of zeros stays one; of others no square overflows or vanishes
    return np.asarray(largest * np.maximum(1.0, np.linalg.norm(columns / largest, axis=0)))


def unit_columns(columns: FloatArray) -> UnitColumns:
    """The columns as powers of two make their largest entries at least 1/2 and below 1, and these powers, (k,).

    Exact, but for entries so much smaller than the largest of their column that float64 ends between them. A column of
    zeros has the power `NO_SIZE`, by which anything is 0.
    """
    largest = largest_sizes(columns)
    powers = np.where(largest > 0, np.frexp(largest)[1], NO_SIZE)
    return times_powers(columns, -powers), powers


def largest_sizes(columns: FloatArray) -> FloatArray:
    """The largest size of an entry of each column, (k,), without a copy of all."""
    return np.asarray(np.maximum(columns.max(axis=0), -columns.min(axis=0)))


def times_powers(columns: FloatArray, powers: IntArray | int) -> FloatArray:
    """The columns times `2^powers`: exact, unless they end in underflow."""
    with np.errstate(under="ignore"):
        return np.ldexp(columns, powers)


def thin_factors(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`Q`, (n, k), orthonormal, and `R`, (k, k), with `F = Q R`, from the columns of F, (n, k) with `k <= n`.

    By Householder's reflections each column is exact to round-off relative to its own length.
    """
    basis, factor = scipy.linalg.qr(columns, mode="economic")
    return np.asarray(basis, dtype=np.float64), np.asarray(factor, dtype=np.float64)


def independent(factor: FloatArray) -> FloatArray:
    """Matrix V, (k, rank), with `Q V` an orthonormal basis of the columns of `F = Q R`, from R, (k, k).

    Columns count as dependent where they are so up to round-off of their lengths. V is the identity if none is.
    """
    rotation, values, _ = svd(factor / column_norms(factor), full_matrices=True)
    kept = values > RANK_TOLERANCE * values[0]
    return np.eye(len(values)) if kept.all() else rotation[:, kept]
