"""Products of a sparse matrix with a few vectors at a time, in float32 and float64, on the CPU or another device."""

import warnings
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, row_blocks

if TYPE_CHECKING:
    import torch

WIDTH = 8  # vectors to a product
FEW = 3  # vectors, for which scipy's product in float64 is about as fast as torch's, and needs no copy
TALL = 1 << 16  # rows, of which a block in float64 is in few caches: it takes twice as long to gather it as to scatter
UNIT = float(np.finfo(np.float64).eps) / 2


class SparseProducts:
    """`X AᵀA` for a sparse A, (m, n), whose entries are not negative and whose norm is at most 1. Vectors are rows.

    On the CPU a float32 product is a weighted sum of rows of an embedding, `torch.embedding_bag`, whose vectorised
    kernel is 2 to 5 times as fast as the sparse products of torch and scipy. It has none for float64: there the product
    is that of torch's CSR, as on another device; of `FEW` vectors or `TALL` matrices scipy's, which scatters from A. 16
    bytes an entry are held for float32, on top of the matrix, and 12 for float64. Entries below 1e-38 are 0 in float32.

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
        for part in row_blocks(len(rows), 1, WIDTH):
            image[part] = self._gram(rows[part].T.contiguous()).T
        return image

    def images(self, rows: "torch.Tensor") -> FloatArray:
        """`A Xᵀ`, (m, c), for X of (c, n), in float64."""
        image = np.empty((self.matrix.shape[0], len(rows)))
        for part in row_blocks(len(rows), 1, WIDTH):
            image[:, part] = self.matrix @ np.ascontiguousarray(rows[part].cpu().numpy().T)
        return image

    def _gram(self, columns: "torch.Tensor") -> "torch.Tensor":
        import torch

        exact = columns.dtype == torch.float64
        if self.device is None and exact and (columns.shape[1] <= FEW or self.matrix.shape[0] > TALL):
            return torch.from_numpy(self.matrix.T @ (self.matrix @ columns.numpy()))
        if self.device is not None or exact:
            forward, backward = self._doubles if exact else self._singles
            return backward @ (forward @ columns)
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
    def _singles(self) -> "list[torch.Tensor]":
        return self._held(np.float32)

    @cached_property
    def _doubles(self) -> "list[torch.Tensor]":
        return self._held(np.float64)

    def _held(self, dtype: type) -> "list[torch.Tensor]":
        """A and its transpose on the device."""
        import torch

        def tensor(side: sp.csr_array) -> "torch.Tensor":
            starts, places, entries = (
                torch.from_numpy(part).to(self.device or "cpu") for part in (side.indptr, side.indices, side.data)
            )
            return torch.sparse_csr_tensor(starts, places, entries, side.shape, check_invariants=False)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that CSR is in beta, and that our arrays are not to be written to
            matrix = self.matrix.astype(dtype, copy=False)
            return [tensor(side) for side in (matrix, sp.csr_array(matrix.T))]
