"""The spectrum of a graph that is larger than a machine: products of block Lanczos on the workers of a Dask cluster.

Rows of P lie in blocks on the workers, `B_i = D_L^{-1/2} P_i`, and do not move. In a round the client sends c vectors
of the shorter side, the columns, to every worker, each block multiplies them, and the client adds what comes back:
`X AᵀA = (Σ_i (X D) B_iᵀ B_i) D` with `D = D_R^{-1/2}`. The search of `pairbounds.theory.spectrum.block_lanczos` goes
on there. Nothing of the length n_left moves until the end, when the left vectors come.

**Bytes.** c vectors of n columns, s bytes a number, W workers and B blocks: they go by the scheduler, which makes
`(W + 1 + 2 B) c n s` in a round; at W = B = 2, c = 8, n = 20,000 in float32 that is 4.48 MB, and 4.68 MB went over the
wire with all that Dask adds. A worker holds its blocks (`BYTES` a pair) and `2 c n s`.

**A worker that is lost.** A block is given by how to make it, a `Recipe`: to read a file that all workers see, say. The
scheduler makes the blocks of a lost worker anew on those that are left, or on the one that takes its place, and a round
whose vectors were lost with it is begun again. The sum is over the blocks in their order, whoever has them, so that the
triplets are the same to the last bit.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.clusters import Cluster
from pairbounds.theory.spectrum.block_lanczos import GUARD, Gram, leading_eigenpairs
from pairbounds.theory.spectrum.block_spectrum import CLEAR
from pairbounds.theory.spectrum.sparse_products import UNIT, SparseProducts
from pairbounds.theory.spectrum.triplets import Spectrum

if TYPE_CHECKING:
    import torch

Result = TypeVar("Result")
Recipe = Callable[[], sp.csr_array]  # makes some rows of P, up to one factor for all; it can be pickled

BYTES = 28  # a pair: its place, its weight in float64, and both ways in float32 (`SparseProducts`)
TRIES = 3  # of a round


def distributed_spectrum(
    client: Cluster, recipes: Sequence[Recipe], k: int, *, tol: float = 1e-6, seed: int = 0
) -> Spectrum:
    """The k leading singular triplets of `Ā`, of a graph whose rows are on a cluster.

    Parameters
    ----------
    client : of `pairbounds.infrastructure.clusters.connected(address, all_needed=False)`
    recipes : how to make each block of rows of P, all of as many columns, none of them empty, and no row or column
    k : k + GUARD is at most a quarter of the columns, of which there are no more than rows
    tol : the largest residual norm allowed

    Raises
    ------
    ValueError
        k out of range, more columns than rows, an empty row or column, `σ_k` at most `CLEAR`.
    RuntimeError
        The residuals did not reach `tol`; the cluster lost all its workers, or in `TRIES` rounds one after another.

    Notes
    -----
    The client holds n_left k numbers, the left vectors, and the basis of `pairbounds.theory.spectrum.block_lanczos`.
    """
    import torch

    products = DistributedProducts(client, recipes)
    m, n = products.shape
    if m < n:
        raise ValueError(f"there are {n} columns and only {m} rows: give blocks of rows of the transpose")
    if not 1 <= k <= n // 4 - GUARD:
        raise ValueError(f"k={k!r} is not in 1..{n // 4 - GUARD}: take the dense route of `spectrum`")
    first = torch.from_numpy(np.sqrt(products.right_marginal))[None]
    found = leading_eigenpairs(Gram(products.gram, n, products.trace, products.rounding), first, k, tol=tol, seed=seed)
    images = products.images(found.vectors)
    values = np.linalg.norm(images, axis=0)
    if values.min() <= CLEAR:
        raise ValueError(f"σ_{k} = {values.min():.1e} is at most {CLEAR}: take a smaller k")
    right = np.ascontiguousarray(found.vectors.numpy().T)
    residuals = np.linalg.norm(products.gram(found.vectors).numpy().T - right * values**2, axis=0) / values
    residuals += 4 * np.sqrt(m + n) * UNIT  # of `A w - σ u`, which is 0 but for round-off
    if residuals.max() > tol:
        raise RuntimeError(f"residual {residuals.max():.1e} is above tol={tol:.1e}: raise tol")
    return Spectrum(np.minimum(1.0, values), images / values, right, residuals, "blocks", float(np.sqrt(found.unseen)))


class DistributedProducts:
    """`X AᵀA` for `A = Ā` whose rows are on a cluster; vectors as rows, as in `SparseProducts`."""

    def __init__(self, client: Cluster, recipes: Sequence[Recipe]) -> None:
        self._client = client
        homes = sorted(client.nthreads())
        self._blocks = [
            client.submit(_placed, recipe, workers=[homes[i % len(homes)]], allow_other_workers=True, pure=False)
            for i, recipe in enumerate(recipes)
        ]
        parts, masses, longest = zip(*self._everywhere(_facts), strict=True)
        sums, squares, counts = np.sum(parts, axis=0)
        self.left_marginal, self.right_marginal = np.concatenate(masses) / sums.sum(), sums / sums.sum()
        if not (self.left_marginal.all() and sums.all()):
            raise ValueError("a row or a column of the blocks is empty: leave it out")
        self.shape = len(self.left_marginal), len(sums)
        self.trace = float(np.sum(squares / sums))
        self.rounding = float(1.01 * UNIT * (max(longest) + counts.max() + len(recipes) + 4))
        self._scale = 1 / np.sqrt(sums)

    def gram(self, rows: "torch.Tensor") -> "torch.Tensor":
        """`X AᵀA`, (c, n), for X of (c, n), in one round."""
        import torch

        scale = torch.from_numpy(self._scale).to(rows.dtype)
        parts = self._everywhere(_gram, (rows * scale).numpy())
        return torch.from_numpy(np.sum(parts, axis=0)) * scale

    def images(self, rows: "torch.Tensor") -> FloatArray:
        """`A Xᵀ`, (m, c), for X of (c, n), in float64."""
        return np.concatenate(self._everywhere(_images, rows.double().numpy() * self._scale))

    def _everywhere(self, work: "Callable[..., Result]", *shared: FloatArray) -> list[Result]:
        """`work(block, *shared)` for every block, in their order; begun again where a worker was lost on the way."""
        for left in range(TRIES - 1, -1, -1):
            try:
                sent = [self._client.scatter(value, broadcast=True, hash=False) for value in shared]
                futures = [self._client.submit(work, block, *sent, pure=False) for block in self._blocks]
                results: list[Result] = self._client.gather(futures)
                return results
            except (RuntimeError, OSError):
                if not left:
                    raise
        raise AssertionError


class _Block:
    """Rows of `D_L^{-1/2} P`, ready for products, on a worker."""

    def __init__(self, joint: sp.csr_array) -> None:
        joint = sp.csr_array(joint).astype(np.float64)
        self.masses = np.asarray(joint.sum(axis=1), dtype=np.float64)
        with np.errstate(divide="ignore"):
            scale = np.repeat(1 / np.sqrt(self.masses), np.diff(joint.indptr))
        self.products = SparseProducts(sp.csr_array((joint.data * scale, joint.indices, joint.indptr), joint.shape))

    def __sizeof__(self) -> int:
        return BYTES * self.products.matrix.nnz  # by which Dask knows what a worker holds


def _placed(recipe: Recipe) -> _Block:
    return _Block(recipe())


def _facts(block: _Block) -> tuple[FloatArray, FloatArray, int]:
    """Sums, sums of squares and counts of the entries of columns, (3, n); sums of the rows; the longest row."""
    matrix, n = block.products.matrix, block.products.matrix.shape[1]
    sizes = np.diff(matrix.indptr)
    weights = matrix.data * np.repeat(np.sqrt(block.masses), sizes), matrix.data**2, None
    columns = np.stack([np.bincount(matrix.indices, each, n) for each in weights]).astype(np.float64)
    return columns, block.masses, int(sizes.max(initial=0))


def _gram(block: _Block, rows: FloatArray) -> FloatArray:
    import torch

    image: FloatArray = block.products.gram(torch.tensor(rows)).numpy()
    return image


def _images(block: _Block, rows: FloatArray) -> FloatArray:
    import torch

    return block.products.images(torch.tensor(rows))
