"""A singular value decomposition that converges: LAPACK's fast driver does not on a matrix in a few thousand."""

from typing import Any

import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray


def svd(matrix: Any, *, full_matrices: bool = False) -> tuple[FloatArray, ...]:
    """`U, s, Vᵀ` of a finite matrix, by divide and conquer, and where that does not converge by QR iteration."""
    try:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices)
    except scipy.linalg.LinAlgError:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices, lapack_driver="gesvd")
