"""The array types that signatures name, blocks of rows, an SVD that converges, and sparse matrices in torch."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

EPS = float(np.finfo(np.float64).eps)  # unit of round-off
CACHED = 1 << 16  # numbers: what one step makes of so many is still in the cache when the next reads it


def row_blocks(rows: int, width: int, numbers: int | None = None) -> Iterator[slice]:
    """Yield the rows of a matrix (rows, width) in blocks of at most `numbers`, by default `CACHED`, or of one row."""
    step = max(1, (CACHED if numbers is None else numbers) // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))


def is_tensor(value: Any) -> "TypeGuard[torch.Tensor]":
    """Test whether a value is a torch tensor: none is where nobody has loaded torch yet."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def without_torch(value: Any) -> Any:
    """A dense tensor as a numpy array of its values, bfloat16, which numpy lacks, as float32; all else as it is."""
    if not is_tensor(value):
        return value
    tensor = value.detach().cpu()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def sparse_tensor(matrix: sp.csr_array, dtype: "torch.dtype", device: "torch.device") -> "torch.Tensor":
    """A canonical sparse matrix as a coalesced torch tensor; linear in its entries."""
    import torch

    entries = matrix.tocoo()
    indices = torch.tensor(np.vstack(entries.coords), dtype=torch.int64, device=device)
    values = torch.tensor(entries.data, dtype=dtype, device=device)
    return torch.sparse_coo_tensor(indices, values, matrix.shape, is_coalesced=True, check_invariants=False)


def svd(matrix: Any, *, full_matrices: bool = False) -> tuple[FloatArray, ...]:
    """`U, s, Vᵀ` of a finite matrix, by divide and conquer, and by QR iteration where that does not converge.

    LAPACK's divide and conquer fails on a matrix in a few thousand.
    """
    try:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices)
    except scipy.linalg.LinAlgError:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices, lapack_driver="gesvd")
