"""Array types of signatures, blocks of rows, a robust SVD, and sparse torch matrices."""

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
BoolArray = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

EPS = float(np.finfo(np.float64).eps)  # unit of round-off
CACHED = 1 << 16  # numbers in a block: few enough that intermediate results stay in the processor's cache


def row_blocks(rows: int, width: int, numbers: int | None = None) -> Iterator[slice]:
    """Yield row slices of a matrix (rows, width), each of at most `numbers` entries (default `CACHED`) or one row."""
    step = max(1, (CACHED if numbers is None else numbers) // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))


def is_tensor(value: Any) -> "TypeGuard[torch.Tensor]":
    """Test whether a value is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def without_torch(value: Any) -> Any:
    """Convert a dense tensor to a numpy array (bfloat16 to float32). Other values are returned unchanged."""
    if not is_tensor(value):
        return value
    tensor = value.detach().cpu()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def sparse_tensor(matrix: sp.csr_array, dtype: "torch.dtype", device: "torch.device") -> "torch.Tensor":
    """Coalesced torch tensor of a canonical sparse matrix; cost linear in its entries."""
    import torch

    entries = matrix.tocoo()
    indices = torch.tensor(np.vstack(entries.coords), dtype=torch.int64, device=device)
    values = torch.tensor(entries.data, dtype=dtype, device=device)
    return torch.sparse_coo_tensor(indices, values, matrix.shape, is_coalesced=True, check_invariants=False)


def svd(matrix: Any, *, full_matrices: bool = False) -> tuple[FloatArray, ...]:
    """`U, s, Vᵀ` of a finite matrix, by divide and conquer, with QR iteration as fallback.

    LAPACK's divide and conquer fails to converge on one matrix in a few thousand.
    """
    try:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices)
    except scipy.linalg.LinAlgError:
        return scipy.linalg.svd(matrix, full_matrices=full_matrices, lapack_driver="gesvd")
