"""A pair graph in blocks of rows on the workers of a Dask cluster, accessed through products with its matrix.

Code that needs the matrix itself raises `HypothesisError`; `check_bounds` then reports the bound as not applicable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, matmul
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.clusters import Cluster
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import SPARSE_TOL, Spectrum, measured, searched_triplets

if TYPE_CHECKING:
    from distributed import Future

Result = TypeVar("Result")
Factor = Callable[[Any], Any]

NO_ROWS = "the pairs are on a cluster, which gives products with their matrix, but not its rows"


@dataclass(frozen=True, eq=False)
class Block:
    """Some non-empty rows of `P`: their increasing indices, (m,), and the rows, csr_array (m, n_right)."""

    rows: IntArray
    joint: sp.csr_array

    @cached_property
    def left_marginal(self) -> FloatArray:
        """`p_L` of its rows, (m,)."""
        return np.asarray(self.joint.sum(axis=1), dtype=np.float64)

    @property
    def right_marginal(self) -> FloatArray:
        """Mass of its rows in each column, (n_right,)."""
        return np.asarray(self.joint.sum(axis=0), dtype=np.float64)

    def __matmul__(self, right: FloatArray) -> FloatArray:
        return self.joint @ right

    def transposed_times(self, left: Any) -> Any:
        """`Pᵀ X` of these rows."""
        return self.joint.T @ left

    def gram(self, right: FloatArray) -> FloatArray:
        """`Pᵀ D_L^{-1} P X` of these rows."""
        return np.asarray(self.joint.T @ _scaled(1 / self.left_marginal, self.joint @ right))


@dataclass(frozen=True, eq=False)
class Blocks:
    """Blocks on the workers and their row indices. Every operation sends its operands and runs one task per block."""

    client: Cluster
    blocks: "Sequence[Future[Block]]"
    rows: Sequence[IntArray]
    n_right: int

    def each(self, work: Callable[..., Result], *shared: object, parts: Sequence[object] = ()) -> list[Result]:
        """Call `work(block, *shared)` for every block, or `work(block, part, *shared)` with the part of the block."""
        for_all = [self.client.scatter(value, broadcast=True, hash=False) for value in shared]
        scattered = (
            [[part] for part in self.client.scatter(list(parts), hash=False)] if parts else [[]] * len(self.blocks)
        )
        futures = [
            self.client.submit(work, block, *part, *for_all, pure=False)
            for block, part in zip(self.blocks, scattered, strict=True)
        ]
        results: list[Result] = self.client.gather(futures)
        return results

    def in_order(self, parts: Sequence[FloatArray]) -> FloatArray:
        """Rows of all blocks in the order of the matrix."""
        rows_of_matrix = np.empty((sum(map(len, self.rows)), *parts[0].shape[1:]))
        for rows, part in zip(self.rows, parts, strict=True):
            rows_of_matrix[rows] = part
        return rows_of_matrix

    def times(self, right: FloatArray) -> FloatArray:
        """`P X`."""
        return self.in_order(self.each(matmul, right))

    def transposed_times(self, left: Any) -> Any:
        """`Pᵀ X`, dense or sparse like X."""
        return sum(self.each(Block.transposed_times, parts=[left[rows] for rows in self.rows]))


class ProductMatrix:
    """A matrix that supports only the products `M @ X`, `M.T @ X` and `X @ M`."""

    __array_ufunc__ = None  # numpy defers products to this class

    def __init__(self, shape: tuple[int, int], nnz: int, times: Factor, transposed_times: Factor) -> None:
        self.shape, self.nnz, self._times, self._transposed_times = shape, nnz, times, transposed_times

    def __matmul__(self, right: Any) -> Any:
        return self._times(right)

    def __rmatmul__(self, left: Any) -> Any:
        return self._transposed_times(left.T).T

    @property
    def T(self) -> "ProductMatrix":  # noqa: N802 - as in numpy
        """The transpose."""
        return ProductMatrix(self.shape[::-1], self.nnz, self._transposed_times, self._times)

    def __getitem__(self, _: object) -> NoReturn:
        raise HypothesisError(NO_ROWS)

    __mul__ = __getitem__

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)  # numpy and scipy probe for protocols
        raise HypothesisError(NO_ROWS)


class ClusterGraph(PairGraph):
    """A pair graph on the workers, with or without left labels; its matrices are `ProductMatrix`."""

    def __init__(self, blocks: Blocks, labels: IntArray | None) -> None:
        self.blocks = blocks
        self._left_labels, self._right_labels, self._class_names = labels, None, None
        self._left_ids, self._right_ids = np.arange(self.n_left), np.arange(self.n_right)

    @cached_property
    def joint(self) -> Any:
        """`P`."""
        blocks = self.blocks
        shape = sum(map(len, blocks.rows)), blocks.n_right
        nnz = sum(blocks.each(attrgetter("joint.nnz")))
        return ProductMatrix(shape, nnz, blocks.times, blocks.transposed_times)

    @cached_property
    def normalized(self) -> Any:
        """`D_L^{-1/2} P D_R^{-1/2}`."""
        joint, left, right = self.joint, 1 / np.sqrt(self.left_marginal), 1 / np.sqrt(self.right_marginal)
        return ProductMatrix(
            joint.shape,
            joint.nnz,
            lambda x: _scaled(left, joint @ _scaled(right, x)),
            lambda x: _scaled(right, joint.T @ _scaled(left, x)),
        )

    @cached_property
    def left_marginal(self) -> FloatArray:
        """`p_L`, (n_left,)."""
        return self.blocks.in_order(self.blocks.each(attrgetter("left_marginal")))

    @cached_property
    def right_marginal(self) -> FloatArray:
        """`p_R`, (n_right,)."""
        return np.asarray(sum(self.blocks.each(attrgetter("right_marginal"))))

    def gram(self, vectors: FloatArray) -> FloatArray:
        """`Āᵀ Ā X`, X (n_right,) or (n_right, c), in one round, without transfers of length n_left."""
        right = 1 / np.sqrt(self.right_marginal)
        return np.asarray(_scaled(right, sum(self.blocks.each(Block.gram, _scaled(right, vectors)))))

    def triplets(self, k: int, *, seed: int) -> Spectrum:
        """The k leading singular triplets, by the algorithm of `pairbounds.spectrum`.

        ARPACK runs on the client, every product with `Āᵀ Ā` on the workers.
        """
        triplets, unseen = searched_triplets(
            self.gram,
            self.normalized.__matmul__,
            self.n_right,
            k,
            SPARSE_TOL / 10,
            np.random.default_rng(seed),
            np.empty((self.n_right, 0)),
        )
        return measured(self.normalized, triplets, "blocks", unseen, SPARSE_TOL)


def _scaled(scale: FloatArray, rows: Any) -> Any:
    """`diag(scale) X`, for one vector or several."""
    return (scale * rows.T).T
