"""The leading singular triplets of a pair graph, and how far they can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg
import torch

from theory.arrays import FloatArray, sparse_tensor
from theory.devices import torch_device
from theory.graph import PairGraph

DENSE_LIMIT = 40_000_000  # entries of a dense copy of the normalised matrix: 320 MB
DENSE_SIDE = 600  # up to this many nodes on the smaller side, a dense factorisation is the fastest
GUARD = 8  # values computed beyond the k-th, so that k is never at the edge of what was searched
SEARCH_TOLERANCE = 1e-3  # relative; enough to see whether the deflated operator has a value above the k-th
TIE = 1e-9  # a further copy of the k-th value may stay unfound
SEARCHES = 50

Product = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The k leading singular triplets of `Ā`, largest first (zero-based here, one-based in formulas).

    Attributes
    ----------
    singular_values : (k,), in [0, 1] up to round-off
    left, right : (n_left, k) and (n_right, k), orthonormal columns
    residuals : (k,), `max(‖Ā w - s u‖, ‖Āᵀ u - s w‖)`: a true singular value lies within it of each computed one
    method : the route taken, "dense" or "sparse"
    next_upper : an upper end of the last value that was certified, if one was (`theory.certificates`)
    """

    singular_values: FloatArray
    left: FloatArray
    right: FloatArray
    residuals: FloatArray
    method: str
    next_upper: float = 0.0

    @cached_property
    def rounding(self) -> float:
        """Error that floating point and unconverged vectors may put on a quantity of order 1."""
        return self._round_off + 4 * float(np.linalg.norm(self.residuals))

    @cached_property
    def upper_values(self) -> FloatArray:
        """Upper ends of the singular values, (k,), at most 1: what a bound must use (theorem 14)."""
        ends = self.singular_values + self._error
        ends[-1] = max(ends[-1], self.next_upper)
        return np.asarray(np.minimum(1.0, ends))

    @cached_property
    def lower_values(self) -> FloatArray:
        """Lower ends of the singular values, (k,), at least 0."""
        return np.asarray(np.maximum(0.0, self.singular_values - self._error))

    @property
    def _error(self) -> FloatArray:
        return self.residuals + self._round_off

    @property
    def _round_off(self) -> float:
        return float(16 * np.finfo(np.float64).eps * np.sqrt(len(self.left) + len(self.right)))

    def leading(self, k: int) -> "Spectrum":
        """Exactly k triplets: the first k, and zeros where the matrix has no more."""
        missing = max(0, k - len(self.singular_values))
        return Spectrum(
            np.pad(self.singular_values[:k], (0, missing)),
            np.pad(self.left[:, :k], ((0, 0), (0, missing))),
            np.pad(self.right[:, :k], ((0, 0), (0, missing))),
            np.pad(self.residuals[:k], (0, missing)),
            self.method,
        )


def spectrum(
    graph: PairGraph,
    k: int,
    *,
    tol: float = 1e-6,
    method: Literal["auto", "dense", "sparse"] = "auto",
    device: str = "auto",
    seed: int = 0,
) -> Spectrum:
    """The k leading singular triplets of the normalised matrix `Ā = D_L^{-1/2} P D_R^{-1/2}`.

    Parameters
    ----------
    k : int
        1..min(n_left, n_right); beyond that every singular value is 0.
    tol : float
        Largest residual norm allowed (sparse route; the dense one is exact to round-off).
    method : {"auto", "dense", "sparse"}
        "dense" factorises a dense copy, of at most `DENSE_LIMIT` entries. "sparse" runs ARPACK on the Gram
        operator of the smaller side, never formed, at cost O(iterations (nnz + side k)). "auto" takes the
        dense route for small graphs, and where so many triplets are wanted that it is the faster one.
    device : {"auto", "cpu", "cuda", ...}
        Where the factorisation or the products run; "auto" is "cuda" if there is one.
    seed : int
        Seed of the starting vectors of the sparse route.

    Raises
    ------
    ValueError
        k or `method` out of range, a device that is not there, a dense copy over the limit.
    RuntimeError
        The sparse route did not converge.

    Notes
    -----
    A Krylov method started at one vector can skip copies of a repeated or clustered value, at a residual that
    looks perfect. The sparse route therefore asks for guard values beyond k, then searches what is left after
    deflating all that was found, from a new random start; anything there above the k-th value joins the basis,
    until nothing is found. The triplets come from one Rayleigh-Ritz step on that basis.
    """
    return singular_triplets(graph.normalized, k, tol=tol, method=method, device=device, seed=seed)


def singular_triplets(
    matrix: sp.csr_array,
    k: int,
    *,
    tol: float = 1e-6,
    method: Literal["auto", "dense", "sparse"] = "auto",
    device: str = "auto",
    seed: int = 0,
) -> Spectrum:
    """`spectrum` of any sparse matrix: of a part of a graph, say."""
    smaller = min(matrix.shape)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= smaller:
        raise ValueError(f"k={k!r} is not in 1..{smaller}, the smaller side: there is no such triplet")
    if not tol > 0:
        raise ValueError(f"tol={tol!r} is not positive: it is the largest residual norm allowed")
    place = torch_device(device)
    entries = matrix.shape[0] * matrix.shape[1]
    if method == "auto":
        dense_is_faster = smaller <= DENSE_SIDE or k + GUARD > smaller / 4
        method = "dense" if dense_is_faster and entries <= DENSE_LIMIT else "sparse"
    if method == "dense":
        if entries > DENSE_LIMIT:
            raise ValueError(f"the dense method takes at most {DENSE_LIMIT} entries, not {entries}: use 'sparse'")
        left, values, right = _dense(matrix, k, place)
    elif method == "sparse":
        left, values, right = _sparse(matrix, k, tol, place, np.random.default_rng(seed))
    else:
        raise ValueError(f"method={method!r} is none of 'auto', 'dense', 'sparse'")
    residuals = _residuals(matrix, left, values, right)
    if method == "sparse" and residuals.max() > tol:
        raise RuntimeError(f"residual {residuals.max():.1e} is above tol={tol:.1e}: raise tol or use method='dense'")
    return Spectrum(values, left, right, residuals, method)


def _residuals(matrix: sp.csr_array, left: FloatArray, values: FloatArray, right: FloatArray) -> FloatArray:
    forward = np.linalg.norm(matrix @ right - left * values, axis=0)
    backward = np.linalg.norm(matrix.T @ left - right * values, axis=0)
    return np.asarray(np.maximum(forward, backward))


def _dense(matrix: sp.csr_array, k: int, device: torch.device) -> tuple[FloatArray, FloatArray, FloatArray]:
    if device.type == "cpu":
        left, values, right_t = scipy.linalg.svd(matrix.toarray(), full_matrices=False, overwrite_a=True)
    else:
        factors = torch.linalg.svd(torch.from_numpy(matrix.toarray()).to(device), full_matrices=False)
        left, values, right_t = (factor.cpu().numpy() for factor in factors)
    # Copies, so that the factors beyond k are freed.
    return left[:, :k].copy(), values[:k].copy(), right_t[:k].T.copy()


def _sparse(
    matrix: sp.csr_array, k: int, tol: float, device: torch.device, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ARPACK on the Gram operator of the smaller side, checked by deflation."""
    if matrix.shape[0] < matrix.shape[1]:
        right, values, left = _sparse(sp.csr_array(matrix.T), k, tol, device, rng)
        return left, values, right
    side = matrix.shape[1]
    wanted = k + GUARD
    if wanted >= side:
        raise ValueError(f"the sparse method finds at most {side - GUARD - 1} triplets here, not {k}: use 'dense'")
    forward, backward = _products(matrix, device)

    def gram(vectors: FloatArray) -> FloatArray:
        return backward(forward(vectors))

    precise = min(1e-6, tol)
    basis = _leading(gram, side, wanted, precise, rng)
    for _ in range(SEARCHES):
        basis, _ = np.linalg.qr(basis)  # ARPACK's null vectors are not always orthogonal
        left, values, rotation = scipy.linalg.svd(forward(basis), full_matrices=False)
        basis = basis @ rotation.T
        deflated = _deflated(gram, basis)
        found = _leading(deflated, side, 1, SEARCH_TOLERANCE, rng)
        if np.sqrt(np.linalg.norm(deflated(found))) <= values[k - 1] + TIE:
            return left[:, :k].copy(), values[:k], basis[:, :k].copy()
        missed = _leading(deflated, side, min(GUARD, side - 1), precise, rng)
        basis = np.hstack([basis, missed])
    raise RuntimeError(f"triplets kept appearing after {SEARCHES} searches: use method='dense' or another seed")


def _leading(product: Product, side: int, count: int, tol: float, rng: np.random.Generator) -> FloatArray:
    """Orthonormal (side, count): the leading eigenvectors of a positive semi-definite operator."""
    operator = scipy.sparse.linalg.LinearOperator((side, side), matvec=product, dtype=np.float64)
    start = rng.standard_normal(side)
    try:
        _, vectors = scipy.sparse.linalg.eigsh(operator, count, which="LA", tol=tol, v0=start)
    except scipy.sparse.linalg.ArpackNoConvergence as error:
        raise RuntimeError(f"ARPACK did not converge ({error}): raise tol or use method='dense'") from error
    return np.asarray(vectors, dtype=np.float64)


def _deflated(product: Product, basis: FloatArray) -> Product:
    """The operator with an orthonormal basis projected out on both sides."""

    def project(vectors: FloatArray) -> FloatArray:
        return vectors - basis @ (basis.T @ vectors)

    return lambda vectors: project(product(project(vectors)))


def _products(matrix: sp.csr_array, device: torch.device) -> tuple[Product, Product]:
    """`X -> A X` and `Y -> Aᵀ Y`, in scipy on the CPU and in torch elsewhere."""
    if device.type == "cpu":
        transposed = sp.csr_array(matrix.T)
        return lambda x: matrix @ x, lambda y: transposed @ y
    return _torch_product(matrix, device), _torch_product(sp.csr_array(matrix.T), device)


def _torch_product(matrix: sp.csr_array, device: torch.device) -> Product:
    held = sparse_tensor(matrix, torch.float64, device)

    def product(vectors: FloatArray) -> FloatArray:
        block = torch.from_numpy(np.ascontiguousarray(vectors.reshape(len(vectors), -1))).to(device)
        return np.asarray((held @ block).cpu().numpy().reshape(-1, *vectors.shape[1:]))

    return product
