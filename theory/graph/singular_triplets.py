"""Singular triplets of a matrix, with bounds on their errors."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import EPS, FloatArray, row_blocks

COLUMNS = 16  # of large arrays in a block

Triplets = tuple[FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum:
    """Leading k singular triplets of `Ā`, largest first (zero-based here, one-based in formulas).

    Attributes
    ----------
    singular_values : (k,), in [0, 1]
    left, right : (n_left, k) and (n_right, k), orthonormal columns
    residuals : (k,), `max(‖Ā w - s u‖, ‖Āᵀ u - s w‖)`: bounds on the distance to a true singular value
    method : "dense" or "sparse"
    unseen : estimate, rounded up, of the largest singular value that was not computed; 0 if all were. A skipped value
        is at most `unseen`. Guard values of "sparse" count as computed.
    """

    singular_values: FloatArray
    left: FloatArray
    right: FloatArray
    residuals: FloatArray
    method: str
    unseen: float = 0.0

    def __repr__(self) -> str:
        values = np.array2string(self.singular_values, precision=4, threshold=8, edgeitems=3, separator=", ")
        return f"Spectrum(k={len(self.singular_values)}, singular_values={values}, method={self.method!r})"

    @cached_property
    def rounding(self) -> float:
        """Bound on the numerical error of a quantity of order 1: `round_off`, and the error of unconverged triplets.

        A residual smaller than `round_off` counts as `round_off`. So the bound does not depend on the order of sums.
        """
        return self.round_off + 4 * max(float(np.linalg.norm(self.residuals)), self.round_off)

    @cached_property
    def upper_values(self) -> FloatArray:
        """Upper ends of the singular values, (k,), at most 1, for bounds that grow with them (theorem 14).

        A skipped value would come before smaller ones, so no upper end is below `unseen`.
        """
        unseen = self.unseen + self.round_off if self.unseen > 0 else 0.0
        ends = np.maximum(self.singular_values + self._error, unseen)
        return np.minimum(1.0, ends)

    @cached_property
    def lower_values(self) -> FloatArray:
        """Lower ends of the singular values, (k,), at least 0."""
        return np.maximum(0.0, self.singular_values - self._error)

    @cached_property
    def rank(self) -> int:
        """Number of values that differ from 0 by more than round-off."""
        return int(np.count_nonzero(self.lower_values))

    @property
    def round_off(self) -> float:
        """Bound on the floating-point error of a quantity of order 1, for exact triplets of a matrix of this size."""
        return shape_round_off((len(self.left), len(self.right)))

    @property
    def _error(self) -> FloatArray:
        return np.maximum(self.residuals, self.round_off) + self.round_off

    def tied(self, k: int) -> slice | None:
        """Slice of the triplets that tie with `σ_k = σ_{k+1} > 0`; `None` if these differ, or are 0.

        Values tie if the intervals of their residuals and of round-off overlap. Values before the slice are certainly
        above `σ_{k+1}`, values after it certainly below `σ_k`. A tie at the last triplet may continue beyond it.
        """
        low, high = self.lower_values, self.singular_values + self._error
        if k >= len(low) or min(low[k - 1], low[k]) == 0 or high[k] < low[k - 1]:
            return None
        first = int(np.argmax(low <= high[k]))
        return slice(first, int(np.flatnonzero((high >= low[k - 1]) & (low > 0))[-1]) + 1)

    def leading(self, k: int) -> "Spectrum":
        """Exactly k triplets, with vectors of 0 beyond the rank.

        A solver returns an arbitrary basis of the null space there. The optimum `U_k Σ_k^{1/2}` has columns of 0, and
        label energy in the null space belongs to the tail.
        """
        missing = max(0, k - len(self.singular_values))
        if missing == 0 and len(self.singular_values) == k and not self.left[:, self.rank :].any():
            return self

        def vectors(side: FloatArray) -> FloatArray:
            columns = side[:, : min(k, self.rank)]
            return columns if columns.shape[1] == k else np.pad(columns, ((0, 0), (0, k - columns.shape[1])))

        return Spectrum(
            np.pad(self.singular_values[:k], (0, missing)),
            vectors(self.left),
            vectors(self.right),
            np.pad(self.residuals[:k], (0, missing)),
            self.method,
            0.0 if missing else self.unseen,
        )


def measured(matrix: Any, triplets: Triplets, method: str, unseen: float, tol: float) -> Spectrum:
    """Spectrum of triplets, with their residuals; `RuntimeError` if these exceed `tol`."""
    left, values, right = triplets
    residuals = residual_norms(matrix, left, values, right)
    if method != "dense" and residuals.max() > tol:
        raise RuntimeError(f"residual {residuals.max():.1e} is above tol={tol:.1e}: raise tol")
    return Spectrum(np.minimum(1.0, values), left, right, residuals, method, unseen)


def shape_round_off(shape: tuple[int, int]) -> float:
    """Bound on the round-off of exact triplets of a matrix of this shape."""
    return float(16 * EPS * np.sqrt(sum(shape)))


def residual_norms(matrix: Any, left: FloatArray, values: FloatArray, right: FloatArray) -> FloatArray:
    """`max(‖A w - s u‖, ‖Aᵀ u - s w‖)` of each triplet, (k,), from the products `A @ X` and `A.T @ X` in blocks."""
    parts, transposed = [], matrix.T
    for part in row_blocks(len(values), 1, COLUMNS):
        u, s, w = (np.ascontiguousarray(array[..., part]) for array in (left, values, right))
        forward = np.linalg.norm(matrix @ w - u * s, axis=0)
        backward = np.linalg.norm(transposed @ u - w * s, axis=0)
        parts.append(np.maximum(forward, backward))
    return np.concatenate(parts)
