"""Products of a sparse matrix with a few vectors at a time, in float32 and float64, on the CPU or another device."""

import warnings
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray

if TYPE_CHECKING:
    import torch

WIDTH = 8  # vectors to a product
UNIT = float(np.finfo(np.float64).eps) / 2


class SparseProducts:
    """`X AᵀA` for a sparse A, (m, n), whose entries are not negative and whose norm is at most 1. Vectors are rows.

    On the CPU a float32 product is a weighted sum of rows of an embedding, `torch.embedding_bag`, whose vectorised
    kernel is 2 to 5 times as fast as the sparse products of torch and scipy. It has none for float64: there the product
    is scipy's, and that with Aᵀ scatters from A itself. Elsewhere torch's CSR product does both. 16 bytes an entry are
    held for float32, on top of the matrix. Entries below 1e-38 are 0 there.

    A sum of d products is off by at most `d u / (1 - d u)` of the sum of their absolute values, in any order, and the
    matrix of absolute values has norm 1 too. The longest rows of A and of its transpose thus give `rounding`.
    """

    def __init__(self, matrix: sp.csr_array, device: "torch.device | None" = None) -> None:
        self.device = device
        narrow = np.int32 if max(matrix.nnz, *matrix.shape) < 2**31 else np.int64
        places = matrix.indices.astype(narrow, copy=False), matrix.indptr.astype(narrow, copy=False)
        self.matrix = sp.csr_array((matrix.data, *places), shape=matrix.shape)

    @cached_property
    def rounding(self) -> float:
        """`‖fl(x AᵀA) - x AᵀA‖ <= rounding ‖x‖` in float64."""
        columns = np.bincount(self.matrix.indices, minlength=1)
        return float(1.01 * UNIT * (np.diff(self.matrix.indptr).max() + columns.max()))

    @cached_property
    def trace(self) -> float:
        """Trace of AᵀA."""
        return float(np.sum(self.matrix.data**2))

    def gram(self, rows: "torch.Tensor") -> "torch.Tensor":
        """`X AᵀA`, (c, n), for X of (c, n); without a copy where its columns lie in memory one after another."""
        import torch

        if len(rows) <= WIDTH:
            return self._gram(rows.T.contiguous()).T
        image = torch.empty_like(rows)
        for first in range(0, len(rows), WIDTH):
            part = slice(first, first + WIDTH)
            image[part] = self._gram(rows[part].T.contiguous()).T
        return image

    def images(self, rows: "torch.Tensor") -> FloatArray:
        """`A Xᵀ`, (m, c), for X of (c, n), in float64."""
        image = np.empty((self.matrix.shape[0], len(rows)))
        for first in range(0, len(rows), WIDTH):
            part = slice(first, first + WIDTH)
            image[:, part] = self.matrix @ np.ascontiguousarray(rows[part].cpu().numpy().T)
        return image

    def _gram(self, columns: "torch.Tensor") -> "torch.Tensor":
        import torch

        if self.device is not None:
            forward, backward = self._held[columns.dtype == torch.float64]
            return backward @ (forward @ columns)
        if columns.dtype == torch.float64:
            return torch.from_numpy(self.matrix.T @ (self.matrix @ columns.numpy()))
        for starts, places, weights in self._bags:
            columns = torch.nn.functional.embedding_bag(
                places, columns, starts, mode="sum", per_sample_weights=weights, include_last_offset=True
            )
        return columns

    @cached_property
    def _bags(self) -> "list[tuple[torch.Tensor, ...]]":
        """Row starts, columns of the entries, and entries, of A and of its transpose."""
        import torch

        return [
            tuple(torch.from_numpy(part) for part in (side.indptr, side.indices, side.data))
            for side in (self.matrix.astype(np.float32), sp.csr_array(self.matrix.astype(np.float32).T))
        ]

    @cached_property
    def _held(self) -> "list[list[torch.Tensor]]":
        """A and its transpose on the device, in float32 and in float64."""
        import torch

        def tensor(side: sp.csr_array) -> "torch.Tensor":
            starts, places, entries = (
                torch.from_numpy(part).to(self.device) for part in (side.indptr, side.indices, side.data)
            )
            return torch.sparse_csr_tensor(starts, places, entries, side.shape, check_invariants=False)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that CSR is in beta, and that our arrays are not to be written to
            sides = [self.matrix, sp.csr_array(self.matrix.T)]
            return [[tensor(side.astype(dtype)) for side in sides] for dtype in (np.float32, np.float64)]
