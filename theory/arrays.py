"""The array types that signatures name, and the one way a sparse matrix goes to torch."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def sparse_tensor(matrix: sp.csr_array, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """A canonical sparse matrix as a coalesced torch tensor; linear in its entries."""
    entries = matrix.tocoo()
    indices = torch.tensor(np.vstack(entries.coords), dtype=torch.int64, device=device)
    values = torch.tensor(entries.data, dtype=dtype, device=device)
    return torch.sparse_coo_tensor(indices, values, matrix.shape, is_coalesced=True, check_invariants=False)
