"""Orthonormal bases of the columns of a tall matrix, however small or near to one another the columns are."""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks, svd

RANK_TOLERANCE = 64 * float(np.finfo(np.float64).eps)
FAR_FROM_SINGULAR = 1e3  # the estimate may be off by a small factor, and is of another norm by one of up to k
NEAR_ORTHONORMAL = 1e-3  # what the first pass of Cholesky QR may miss, for the second to leave nothing but round-off
ORTHONORMAL = 4 * float(np.finfo(np.float64).eps)  # by the root of the rows: what a solver leaves of singular vectors
NO_SIZE = -10_000  # below every power of two in float64
UnitColumns = tuple[FloatArray, IntArray]  # as `unit_columns` returns them
TINY, HUGE = 1e-100, 1e100  # between them no square of a length overflows, or loses what matters to underflow


def thin_factors(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`Q`, (n, k), orthonormal, and `R`, (k, k), with `F = Q R`, from the columns of F, (n, k) with `k <= n`.

    Each column is exact to round-off relative to its own length, however small or however near to the others it is. Two
    passes of Cholesky QR on unit columns, several times as fast as Householder's reflections: the first leaves columns
    that are all but orthonormal, the second makes them so to the last digit (Yamamoto et al. 2015). Where the unit
    columns are nearly dependent, the Gram matrix of the first would lose what tells them apart, and reflections do it.
    Where they are orthonormal already, as at the optimum, they are Q, and that is seen by their Gram matrix alone; the
    first pass does where they are near to it.
    """
    lengths = column_norms(columns)
    unit = columns / lengths
    gram = unit.T @ unit
    off = np.abs(gram - np.eye(len(gram))).max()
    if off <= ORTHONORMAL * np.sqrt(len(unit)):
        return unit, np.diag(lengths)
    try:
        basis, first = _cholesky_qr(unit, gram)
        if off * len(gram) < NEAR_ORTHONORMAL:  # and so the norm of what is off
            return basis, first * lengths
        basis, second = _cholesky_qr(basis, basis.T @ basis)
        reliable = np.abs(second - np.eye(len(second))).max() < NEAR_ORTHONORMAL
    except scipy.linalg.LinAlgError:
        reliable = False
    if reliable:
        return basis, second @ first * lengths
    reflected, factor = scipy.linalg.qr(unit, mode="economic")
    return np.asarray(reflected), factor * lengths


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
    """The columns times `2^powers`: exact, unless they end in underflow; by products, five times as fast as `ldexp`."""
    with np.errstate(under="ignore"):
        normal = np.abs(powers).max() <= 1022  # the powers are numbers of float64, to the last digit
        return np.asarray(columns * np.ldexp(1.0, powers) if normal else np.ldexp(columns, powers))


def times(matrix: FloatArray, factor: FloatArray) -> FloatArray:
    """`A B`, column by column where B, (k, k), is diagonal, as factors of orthogonal columns are."""
    diagonal = np.diag(factor)
    is_diagonal = np.count_nonzero(factor) == np.count_nonzero(diagonal)
    return np.asarray(matrix * diagonal if is_diagonal else matrix @ factor)


def independent(factor: FloatArray) -> FloatArray:
    """Matrix V, (k, rank), with `Q V` an orthonormal basis of the columns of `F = Q R`, from R, (k, k).

    Columns count as dependent where they are so up to round-off of their lengths. Where they are far from it, which for
    a triangular R takes O(k²) to see, V is the identity.
    """
    unit = _unit(factor)
    return np.eye(len(unit)) if _well_conditioned(unit) else _rotation(unit)


def spanning(basis: FloatArray, factor: FloatArray) -> FloatArray:
    """`B V` for the V of `independent`, (n, rank), from B, (n, k), such as Q itself; B where V is the identity."""
    unit = _unit(factor)
    return basis if _well_conditioned(unit) else basis @ _rotation(unit)


def _unit(factor: FloatArray) -> FloatArray:
    return factor / column_norms(factor)


def _rotation(unit: FloatArray) -> FloatArray:
    rotation, values, _ = svd(unit, full_matrices=True)
    return np.asarray(rotation[:, values > RANK_TOLERANCE * values[0]])


def _well_conditioned(triangle: FloatArray) -> bool:
    """Test whether all singular values of an upper triangular matrix are far from round-off, by a safe estimate."""
    if not np.array_equal(triangle, np.triu(triangle)):
        return False
    reciprocal, _ = scipy.linalg.lapack.dtrcon(triangle)
    return bool(reciprocal > FAR_FROM_SINGULAR * len(triangle) * RANK_TOLERANCE)


def _cholesky_qr(columns: FloatArray, gram: FloatArray) -> tuple[FloatArray, FloatArray]:
    factor = scipy.linalg.cholesky(gram)
    return scipy.linalg.solve_triangular(factor, columns.T, trans="T").T, factor
