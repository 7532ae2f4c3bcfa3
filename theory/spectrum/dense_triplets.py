"""Singular triplets of a small matrix by dense eigendecompositions of Gram matrices, in place of an SVD.

The eigendecomposition takes a third of the time of an SVD for a side of 1,000, a fifth for 3,000; with all that follows
for every triplet, and a null space of half of them, it is half.

The eigenvalues of `G = AᵀA` are the σ², off by `u p`, u the machine's epsilon and p a modest factor that grows with the
size. Of a σ of order 1 that is nothing; one of 1e-8 is lost, and its left vector `A w / σ` too. So of each Gram matrix
only what is clear is taken: the triplets with `σ > CLEAR s`, s the largest. With B the images `A W` of its eigenvectors
W, the value of each is the length of its image, and

- `‖A w - σ u‖` is round-off by construction, and `‖Aᵀ u - σ w‖ = ‖G w - σ² w‖ / σ <= u p s / CLEAR`;
- `u_iᵀ u_j = b_iᵀ b_j / (σ_i σ_j)` is off by `u p / CLEAR²`.

What is left, B₂, has `b_iᵀ B₂ = O(u p s²)`. That would be `u p s / σ` in the left vectors of smaller values. With
`C = U₁ᵀ B₂` the rotation `W₁ + W₂ Cᵀ Σ₁⁻¹`, `W₂ - W₁ Σ₁⁻¹ C` takes it away: to second order both stay orthonormal, and
the images of the second are `B₂ - U₁ C`. Its Gram matrix is formed anew, of norm `CLEAR² s²` at most, and so are its
errors: a level for each factor `1 / CLEAR` that the values span, each of fewer columns. As the columns of B are graded
like the values, so is their round-off. Where all that is left is `NOTHING` or less, the values are 0, and the left
vectors any orthonormal ones on the complement. So all residuals are `10 u p` or so of the norm of A, as of an SVD.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, svd

if TYPE_CHECKING:
    import torch

SVD_SIDE = 100  # up to this many columns an SVD is as fast
SPREAD = 16  # and where so many of the values have a mean square of less than one, so that few of them are clear
CLEAR = 0.1  # of the largest value: from there on the triplets of a Gram matrix are accurate
NOTHING = 4 * float(np.finfo(np.float64).eps)  # times the root of the size: what cannot be told from 0
PART = 20  # columns of a block, on average, from where on it is faster by itself
SPARSE = 16  # one entry in so many: from there on sparse products are faster than dense ones

Triplets = tuple[FloatArray, FloatArray, FloatArray]


def is_filled(matrix: sp.csr_array) -> bool:
    """Return whether dense products with a matrix are as fast as sparse ones."""
    return bool(matrix.nnz * SPARSE >= matrix.shape[0] * matrix.shape[1])


def dense_triplets(matrix: sp.csr_array, k: int, device: "torch.device | None" = None) -> Triplets:
    """The k leading singular triplets (left, values, right), vectors as columns, with residuals of round-off.

    The null space is completed, where k goes beyond the rank. By an SVD where most of the values are small, as the sum
    of their squares shows, since every level would cost as much as the first. Memory as of an SVD: a dense copy, its
    product with the vectors, and three of the square of the smaller side. `device`: `None` is the CPU, without torch.
    """
    if matrix.shape[0] < matrix.shape[1]:
        right, values, left = dense_triplets(sp.csr_array(matrix.T), k, device)
        return left, values, right
    if device is not None:
        import torch

        held = torch.from_numpy(matrix.toarray()).to(device)
        found = _peeled(held.T @ held, lambda basis: held @ basis, held.shape[0], k, torch)
        left, values, right = (part.cpu().numpy() for part in found)
        return left, values, right
    if matrix.shape[1] <= SVD_SIDE or k > SPREAD * float(np.sum(matrix.data**2)):
        left, values, right_t = svd(matrix.toarray())
        return left[:, :k].copy(), values[:k].copy(), right_t[:k].T.copy()
    dense = matrix.toarray()
    filled = is_filled(matrix)
    gram = dense.T @ dense if filled else matrix.T @ dense
    factor: Any = dense if filled else matrix
    del dense
    found = _peeled(gram, lambda basis: factor @ basis, matrix.shape[0], k, np)
    return found[0], found[1], found[2]


def triplets_by_parts(
    matrix: sp.csr_array, parts: tuple[IntArray, IntArray], k: int, device: "torch.device | None" = None
) -> Triplets:
    """The same of a matrix of independent blocks, of which `parts` numbers those of the rows and of the columns.

    Block by block, as p of one size take 1 / p² of the time, unless they are small or k goes beyond their sides.
    """
    sizes = [np.bincount(side) for side in parts]
    if not 1 < len(sizes[0]) <= min(matrix.shape) / PART or k > np.minimum(*sizes).sum():
        return dense_triplets(matrix, k, device)
    turns = [np.argsort(side) for side in parts]
    blocks = zip(*(np.split(turn, np.cumsum(size)[:-1]) for turn, size in zip(turns, sizes, strict=True)), strict=True)
    us, s, ws = zip(*(dense_triplets(matrix[x][:, y], min(k, len(x), len(y)), device) for x, y in blocks), strict=True)
    values = np.concatenate(s)
    order = np.argsort(-values, kind="stable")[:k]
    left, right = (
        scipy.linalg.block_diag(*vectors)[np.ix_(np.argsort(turn), order)]
        for vectors, turn in zip((us, ws), turns, strict=True)
    )
    return left, values[order], right


def _peeled(gram: Any, images: Callable[[Any], Any], long: int, k: int, arrays: Any) -> list[Any]:
    """The triplets from the Gram matrix of the short side, level by level; `arrays` is numpy or torch."""
    nothing = NOTHING * float(np.sqrt(long + len(gram)))
    basis: Any = None
    rest: Any = None
    parts: list[Any] = []
    missing, going = k, True
    while going:
        squares, turn = (arrays.flip(part, (part.ndim - 1,)) for part in arrays.linalg.eigh(gram))
        clear = min(missing, int((squares > CLEAR**2 * squares[0]).sum()))
        if clear == missing:
            turn = turn[:, :clear]
        basis = turn if basis is None else basis @ turn
        rest = images(basis) if rest is None else rest @ turn
        value = _lengths(rest[:, :clear])
        left, right = rest[:, :clear] / value, basis[:, :clear]
        basis, rest, missing = basis[:, clear:], rest[:, clear:], missing - clear
        going = clear > 0 and missing > 0 and float(_lengths(rest).max()) > nothing
        if going:
            across = left.T @ rest
            rest = rest - left @ across
            angles = across / value[:, None]
            basis, right = basis - right @ angles, right + basis @ angles.T
            for earlier, _, _ in parts:  # again: relative to shorter columns now
                rest = rest - earlier @ (earlier.T @ rest)
            gram = rest.T @ rest
        parts.append((left, value, right))
    if missing:
        known = arrays.concatenate([left for left, _, _ in parts], 1)
        null = basis[:, :missing]
        parts.append((_completion(known, missing, arrays), 0 * null[0], null))
    left, values, right = (arrays.concatenate(side, -1) for side in zip(*parts, strict=True))
    order = arrays.flip(arrays.argsort(values), (0,))
    return [left[:, order], values[order], right[:, order]]


def _lengths(columns: Any) -> Any:
    return (columns * columns).sum(0) ** 0.5


def _completion(known: Any, count: int, arrays: Any) -> Any:
    """Orthonormal columns, so many, on the complement of others, which has room for them."""
    drawn = np.random.default_rng(0).standard_normal((len(known), count))
    columns = drawn if arrays is np else arrays.from_numpy(drawn).to(known.device)
    for _ in range(2):
        columns = arrays.linalg.qr(columns - known @ (known.T @ columns))[0]
        if len(known) - known.shape[1] > 2 * count:  # then no column lay in their span, nearly
            break
    return columns
