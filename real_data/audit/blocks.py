"""A pair graph in blocks of rows on the workers of a Dask cluster: good for products, without rows to show.

What needs the matrix itself, and not only products with it, meets a `HypothesisError`: `check_bounds` then says of a
bound that it is not applicable, and why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, matmul
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.clusters import Cluster
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.spectrum.triplets import (
    DENSE_SIDE,
    GUARD,
    SPARSE_TOL,
    Spectrum,
    leading_triplets,
    measured,
    searched_triplets,
    triplets_within,
)

if TYPE_CHECKING:
    from distributed import Future

Result = TypeVar("Result")

NO_ROWS = "the pairs are on a cluster, which gives products with their matrix, but not its rows"


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of `P`: their numbers, (m,), rising, and the rows, csr_array (m, n_right), of which none is empty."""

    rows: IntArray
    joint: sp.csr_array

    @cached_property
    def marginal(self) -> FloatArray:
        """`p_L` of its rows, (m,)."""
        return np.asarray(self.joint.sum(axis=1), dtype=np.float64)

    def __matmul__(self, right: FloatArray) -> FloatArray:
        return self.joint @ right

    def from_left(self, left: Any) -> Any:
        """The product `left @ P` of these rows."""
        return left @ self.joint

    def gram(self, right: FloatArray) -> FloatArray:
        """`Pᵀ D_L^{-1} P X` of these rows."""
        return self.joint.T @ _scaled(1 / self.marginal, self.joint @ right)


class _OnCluster:
    """Object on a cluster, whose entries, and most of whose attributes, are not here."""

    __array_ufunc__ = None  # so that numpy leaves products to us

    def __getitem__(self, _: object) -> NoReturn:
        raise HypothesisError(NO_ROWS)

    __mul__ = __getitem__

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)  # numpy and scipy ask what protocols it knows
        raise self[name]


class BlockMatrix(_OnCluster):
    """`P`, as far as products show it: `P @ X`, `P.T @ X` and `X @ P`, X dense, in the last also sparse.

    A product is one task for each block. Each worker is sent the factor, or its part of it.
    """

    def __init__(
        self, client: Cluster, blocks: "Sequence[Future[Block]]", rows: Sequence[IntArray], n_right: int
    ) -> None:
        self._client, self._blocks, self.rows = client, blocks, rows
        self.shape = (sum(map(len, rows)), n_right)

    @cached_property
    def nnz(self) -> int:
        """Number of pairs."""
        return sum(self.on_blocks(attrgetter("joint.nnz")))

    def on_blocks(self, work: Callable[..., Result], *shared: object, each: Sequence[object] = ()) -> list[Result]:
        """`work(block, *shared)` for every block, or `work(block, part, *shared)` with its part of `each`."""
        for_all = [self._client.scatter(value, broadcast=True, hash=False) for value in shared]
        parts = [[part] for part in self._client.scatter(list(each), hash=False)] if each else [[]] * len(self._blocks)
        futures = [
            self._client.submit(work, block, *part, *for_all, pure=False)
            for block, part in zip(self._blocks, parts, strict=True)
        ]
        results: list[Result] = self._client.gather(futures)
        return results

    def gather_rows(self, parts: Sequence[FloatArray]) -> FloatArray:
        """An array with a row for each row of the matrix, from those of the blocks."""
        whole = np.empty((self.shape[0], *parts[0].shape[1:]))
        for rows, part in zip(self.rows, parts, strict=True):
            whole[rows] = part
        return whole

    def gram(self, right: FloatArray) -> FloatArray:
        """`Pᵀ D_L^{-1} P X` in one round, in which nothing of the length n_left moves."""
        return np.asarray(sum(self.on_blocks(Block.gram, right)))

    def __matmul__(self, right: FloatArray) -> FloatArray:
        return self.gather_rows(self.on_blocks(matmul, right))

    def __rmatmul__(self, left: Any) -> Any:
        return sum(self.on_blocks(Block.from_left, each=[left[..., rows] for rows in self.rows]))

    @property
    def T(self) -> "Product":  # noqa: N802 - as numpy has it
        """The transpose."""
        return Product(lambda left: (left.T @ self).T)


class Product(_OnCluster):
    """A matrix that is known by its products: `M @ X`, and `M.T @ X` if it was given the transpose."""

    def __init__(self, product: Callable[[FloatArray], FloatArray], transpose: "Product | None" = None) -> None:
        self._product = product
        if transpose is not None:
            self.T = transpose

    def __matmul__(self, right: FloatArray) -> FloatArray:
        return self._product(right)


class BlockGraph(_OnCluster):
    """Stand-in for a `PairGraph`, with labels on the left or none."""

    right_labels = None

    def __init__(
        self, joint: BlockMatrix, left_marginal: FloatArray, right_marginal: FloatArray, labels: IntArray | None
    ) -> None:
        self.joint, self.left_labels = joint, labels
        self.left_marginal, self.right_marginal = left_marginal, right_marginal
        self.n_left, self.n_right = joint.shape

    @cached_property
    def normalized(self) -> Product:
        """`D_L^{-1/2} P D_R^{-1/2}`."""
        left, right = 1 / np.sqrt(self.left_marginal), 1 / np.sqrt(self.right_marginal)
        transpose = Product(lambda x: _scaled(right, self.joint.T @ _scaled(left, x)))
        return Product(lambda x: _scaled(left, self.joint @ _scaled(right, x)), transpose)

    def gram(self, vectors: FloatArray) -> FloatArray:
        """`Āᵀ Ā X`, X (n_right,) or (n_right, c)."""
        right = 1 / np.sqrt(self.right_marginal)
        return _scaled(right, self.joint.gram(_scaled(right, vectors)))


def block_spectrum(graph: BlockGraph, k: int, *, tol: float | None, seed: int) -> Spectrum:
    """The k leading singular triplets: ARPACK here, every product with `Āᵀ Ā` on the workers.

    The search is that of `pairbounds.spectrum`. Where there are few captions their Gram matrix is formed.
    """

    def forward(vectors: FloatArray) -> FloatArray:
        return graph.normalized @ vectors

    tol = SPARSE_TOL if tol is None else tol
    side, count, unseen = graph.n_right, min(k + GUARD, graph.n_right), 0.0
    if side <= max(DENSE_SIDE, count + 1):
        # All of them: LAPACK's bisection, which a subset takes, fails on some tight clusters.
        _, basis = scipy.linalg.eigh(graph.gram(np.eye(side)), driver="evd")
        triplets = leading_triplets(triplets_within(forward, basis[:, side - count :]), k)
    else:
        triplets, unseen = searched_triplets(graph.gram, forward, side, k, tol / 10, np.random.default_rng(seed))
    return measured(graph.normalized, triplets, "blocks", unseen, tol)


def _scaled(scale: FloatArray, rows: FloatArray) -> FloatArray:
    """`diag(scale) X`, for one vector or several."""
    return (scale * rows.T).T
