"""The array types that signatures name, and the one way a sparse matrix goes to torch."""

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


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
