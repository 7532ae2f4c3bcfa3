"""Leading singular triplets of a pair graph, with bounds on their errors."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg

from pairbounds.infrastructure.arrays import EPS, FloatArray, svd
from pairbounds.infrastructure.checks import require_width
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum, Triplets, measured, shape_round_off

if TYPE_CHECKING:
    import torch

DENSE_LIMIT = 40_000_000  # entries of a dense copy of the normalised matrix: 320 MB
DENSE_SIDE = 600  # most nodes on the smaller side for which a dense factorisation is always fastest
DENSE_SHARE = 4  # a dense factorisation is also fastest for more than 1 / DENSE_SHARE of the triplets
SPARSE_TOL = 1e-6  # default residual norm
SMALL = 1_000_000  # entries up to which a GPU is not used
GUARD = 2  # values computed beyond the k-th, so that k is not the last
SEARCH_TOLERANCES = (1e-3, 1e-7, 1e-11)  # relative; the next is tried if one cannot decide
SEARCHES = 20
MISSED = 8  # values in a search after a skipped one, which usually has copies
KNOWN = 1e-8  # distance up to which triplets of value 1 are replaced by their closed form
SECOND_GUARD = 3  # values computed by `second_eigenvalue` beyond the result
SECOND_TOLERANCE = 1e-4

ROUNDING = 64 * EPS

Product = Callable[[FloatArray], FloatArray]


def enough_triplets(graph: LabelledGraph, spectrum: Spectrum, k: int) -> Spectrum:
    """Leading k + 1 triplets, the last of them 0 if the graph has at most k; `ValueError` for too few triplets."""
    require_width(graph.shape, k)
    count = min(k + 1, *graph.shape)
    if len(spectrum.singular_values) < count:
        raise ValueError(f"k={k} needs {count} triplets, but {len(spectrum.singular_values)} are given")
    return spectrum.leading(k + 1)


def spectrum(
    graph: PairGraph,
    k: int,
    *,
    tol: float = SPARSE_TOL,
    method: Literal["auto", "dense", "sparse"] = "auto",
    device: str = "auto",
    seed: int = 0,
) -> Spectrum:
    """Leading k singular triplets of the normalised matrix `Ā = D_L^{-1/2} P D_R^{-1/2}`.

    Parameters
    ----------
    k : 1..min(n_left, n_right); beyond that every singular value is 0
    tol : largest residual norm of "sparse", by default 1e-6, which it usually undercuts by far; "dense" is exact to
        round-off. Bounds are rounded outward by residuals: in one case (40,000 x 20,000 nodes, seed 0, k = 32) 1e-6
        costs 2% of theorem 15 and 79% of a near-optimal bound.
    method : {"auto", "dense", "sparse"}
        "dense" decomposes a dense copy of at most `DENSE_LIMIT` entries. "sparse" runs ARPACK on the
        Gram operator of the smaller side at cost O(iterations (nnz + side k)). "auto" is "dense" for a short smaller
        side or many triplets, unless a dense copy is too large.
    device : {"auto", "cpu", "cuda", ...}
        Device of the dense factorisation; "auto" is "cuda" if available, for more than `SMALL` entries.
    seed : of the starting vectors of "sparse"

    Raises
    ------
    ValueError : k or `method` out of range, an unknown device, a dense copy over the limit
    RuntimeError : the sparse solver did not converge

    Notes
    -----
    A Krylov method can skip copies of a repeated or clustered value, with perfect residuals. So "sparse" computes guard
    values beyond k. Then it deflates all computed vectors and searches from a new random start, until no value above
    the k-th remains. The triplets come from a Rayleigh-Ritz step on the resulting basis.

    Triplets of value 1, one for each component, are in closed form with any method (`with_known_values`).
    """
    require_width(graph.shape, k)
    if not tol > 0:
        raise ValueError(f"tol={tol!r} is not positive: give the largest residual norm")
    matrix, unseen, entries = graph.normalized, 0.0, graph.n_left * graph.n_right
    if method == "auto":
        smaller = min(matrix.shape)
        is_dense = smaller <= DENSE_SIDE or k + GUARD > smaller / DENSE_SHARE
        method = "dense" if is_dense and entries <= DENSE_LIMIT else "sparse"
    if method == "dense":
        if entries > DENSE_LIMIT:
            raise ValueError(f"the dense method takes at most {DENSE_LIMIT} entries, not {entries}: use 'sparse'")
        triplets = _dense(matrix, k, _device(matrix.shape, device))
    elif method == "sparse":
        triplets, unseen = _sparse(matrix, k, tol / 10, np.random.default_rng(seed), component_vectors(graph, k))
    else:
        raise ValueError(f"method={method!r} is none of 'auto', 'dense', 'sparse'")
    return measured(matrix, with_known_values(graph, triplets), method, unseen, tol)


def spectrum_beyond(graph: PairGraph, k: int, **options: Any) -> Spectrum:
    """Leading k + 1 triplets, the last of them 0 if the graph has only k; options and errors of `spectrum`."""
    return spectrum(graph, min(k + 1, *graph.shape), **options).leading(k + 1)


def _dense(matrix: sp.csr_array, k: int, device: "torch.device | None") -> Triplets:
    """Leading k triplets, or all, by an SVD of a dense copy."""
    dense = matrix.toarray()
    if device is None:
        left, values, right_t = svd(dense)
    else:
        import torch

        factors = torch.linalg.svd(torch.from_numpy(dense).to(device), full_matrices=False)
        left, values, right_t = (part.cpu().numpy() for part in factors)
    return leading_triplets((left, values, right_t.T), k)


def with_known_values(graph: PairGraph, triplets: Triplets) -> Triplets:
    """Replace the computed triplets of value 1, in place, by their closed form.

    Each component has one, and the first is `√p`. So the constant feature is exact, without errors of `eps / √p(x)` at
    light nodes, and a graph of more than k components has the same optimum with every solver. If other values are
    nearly 1, the computed vectors span more than the components, and stay.
    """
    left, values, right = triplets
    sides = tuple(zip((left, right), component_vectors(graph, len(values)), strict=True))
    count = sides[0][1].shape[1]
    # Distance of the closed form from the span of the leading vectors
    away = [np.linalg.norm(exact - vectors[:, :count] @ (vectors[:, :count].T @ exact)) for vectors, exact in sides]
    if count < len(values) and max(away) > KNOWN:
        return triplets
    for vectors, exact in sides:
        # Orthogonalise the others; their lengths change by a square of the distance only.
        vectors[:, count:] -= exact @ (exact.T @ vectors[:, count:])
        vectors[:, :count] = exact
    values[:count] = 1.0
    return triplets


def component_vectors(graph: PairGraph, count: int) -> tuple[FloatArray, FloatArray]:
    """Orthonormal left and right vectors of value 1, (n, c) each, one for each component but at most `count`.

    They are `√p(x)` times the features of x's component, (components, c). The first feature is 1; the others come from
    the Householder reflection of the components' vectors that gives `√p` first. No solver is involved.
    """
    lengths = np.sqrt(np.bincount(graph.components[0], weights=graph.left_marginal))
    width = min(count, len(lengths))
    axis = lengths.copy()
    axis[0] += 1.0  # the reflection of the first unit vector to -lengths, without cancellation
    features = (np.eye(len(lengths), width) - np.outer(axis, axis[:width] / axis[0])) / lengths[:, None]
    features[:, 0] = 1.0
    left, right = graph.components
    return (
        np.sqrt(graph.left_marginal)[:, None] * features[left],
        np.sqrt(graph.right_marginal)[:, None] * features[right],
    )


def _device(shape: tuple[int, int], device: str) -> "torch.device | None":
    """Device to compute on; `None` is the CPU, without torch."""
    if device == "cpu" or (device == "auto" and shape[0] * shape[1] <= SMALL):
        return None
    from pairbounds.infrastructure.devices import torch_device

    chosen = torch_device(device)
    return None if chosen.type == "cpu" else chosen


def second_eigenvalue(matrix: sp.csr_array, first: FloatArray, *, seed: int = 0) -> float:
    """Upper bound on the second eigenvalue of `A Aᵀ`, in [0, 1], for A of norm 1; 0 if there is none.

    `RuntimeError`: the solver did not converge.

    Exact to round-off if the smaller side is short, by its dense Gram matrix. Otherwise ARPACK computes the largest
    eigenvalue with `first` projected out, the eigenvector of value 1, and adds its residual, at most
    `SECOND_TOLERANCE`. A start nearly orthogonal to its vector may give the next value with a perfect residual: hence
    the guard values.
    """
    side = min(matrix.shape)
    if side == 1:
        return 0.0
    if side <= DENSE_SIDE:
        smaller = matrix if matrix.shape[0] == side else sp.csr_array(matrix.T)
        # All eigenvalues: LAPACK's bisection for a subset fails on some tight clusters.
        ends = scipy.linalg.eigvalsh((smaller @ smaller.T).toarray(), driver="evd", overwrite_a=True)[-2]
    else:
        transposed = matrix.T
        deflated = _deflated(lambda x: matrix @ (transposed @ x), first[:, None] / np.linalg.norm(first))
        ends = _upper_end(deflated, len(first), seed)
    return min(1.0, max(0.0, float(ends)) + shape_round_off(matrix.shape))


def operator_norm(matrix: scipy.sparse.linalg.LinearOperator, *, seed: int = 0) -> float:
    """Upper bound on the largest singular value of a linear operator.

    `RuntimeError`: the solver did not converge.

    Exact to round-off if the smaller side is short; otherwise as `second_eigenvalue`. Cost: a product with A and its
    transpose for each node of a short side, or about a hundred; memory a few columns, or the square of a short side.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    side, transposed = wide.shape[0], wide.T
    if side <= DENSE_SIDE:
        ends = scipy.linalg.eigvalsh(wide @ (transposed @ np.eye(side)), driver="evd", overwrite_a=True)[-1]
    else:
        ends = _upper_end(lambda x: wide @ (transposed @ x), side, seed)
    return float(np.sqrt(max(0.0, float(ends)) * (1 + shape_round_off(matrix.shape))))


def _upper_end(gram: Product, side: int, seed: int) -> float:
    """Upper end of the largest eigenvalue of a positive semi-definite operator."""
    leading = _leading(gram, side, 1 + SECOND_GUARD, SECOND_TOLERANCE, np.random.default_rng(seed))
    values, residuals = _ritz(gram, leading)
    return float(np.max(values + residuals))


def _sparse(
    matrix: sp.csr_array, k: int, tol: float, rng: np.random.Generator, ones: tuple[FloatArray, FloatArray]
) -> tuple[Triplets, float]:
    """Leading k triplets of a sparse matrix, and an upper bound on the values that are not among them.

    The search is that of `spectrum`, on the smaller side. If this side is short, its Gram matrix is formed. `ones` are
    orthonormal vectors of the value 1, (n_left, c) and (n_right, c), c <= k, which the search leaves out.
    """
    if matrix.shape[0] < matrix.shape[1]:
        (right, values, left), unseen = _sparse(sp.csr_array(matrix.T), k, tol, rng, ones[::-1])
        return (left, values, right), unseen
    side, components = matrix.shape[1], ones[1]
    transposed = matrix.T  # its products scatter from A into an array that fits the cache

    def gram(vectors: FloatArray) -> FloatArray:
        return np.asarray(transposed @ (matrix @ vectors))

    if side <= max(DENSE_SIDE, k + GUARD):
        # All eigenvalues: LAPACK's bisection for a subset fails on some tight clusters.
        _, basis = scipy.linalg.eigh(gram(np.eye(side)), driver="evd")
        return leading_triplets(_triplets_within(matrix, basis[:, -(k + GUARD) :]), k), 0.0
    if components.shape[1] == k:
        return _triplets_within(matrix, components), 1.0
    if components.shape[1] == 1:
        components = components[:, :0]  # with it, ARPACK computes the others more exactly

    def without_ones(vectors: FloatArray) -> FloatArray:
        return gram(vectors) - components @ (components.T @ vectors)  # deflates the value 1

    basis = np.hstack([components, _leading(without_ones, side, k + GUARD - components.shape[1], tol, rng)])
    for _ in range(SEARCHES):
        basis, _ = np.linalg.qr(basis)  # ARPACK's null vectors are not always orthogonal
        left, values, basis = _triplets_within(matrix, basis)
        deflated = _deflated(gram, basis)
        unseen = _largest(deflated, side, float(values[k - 1]), rng)
        if unseen <= values[k - 1] * (1 + ROUNDING):
            break
        missed = _leading(deflated, side, min(MISSED, side - 1), tol, rng)
        basis = np.hstack([basis, missed])
    # A cluster that is too tight leaves `unseen`, and so the upper ends, above the k-th value.
    return leading_triplets((left, values, basis), k), unseen


def _triplets_within(matrix: sp.csr_array, basis: FloatArray) -> Triplets:
    """Singular triplets of A on the span of an orthonormal basis, (side, c): a Rayleigh-Ritz step."""
    left, values, rotation = svd(matrix @ basis)
    return left, values, basis @ rotation.T


def leading_triplets(triplets: Triplets, k: int) -> Triplets:
    """Copies of the first k triplets, so that the others are freed."""
    left, values, right = triplets
    return left[:, :k].copy(), values[:k].copy(), right[:, :k].copy()


def _largest(deflated: Product, side: int, sought: float, rng: np.random.Generator) -> float:
    """Upper bound on the largest singular value of the deflated matrix, sharp enough to compare it with `sought`."""
    end = np.inf
    for tolerance in SEARCH_TOLERANCES:
        (value,), (residual,) = _ritz(deflated, _leading(deflated, side, 1, tolerance, rng))
        end = float(np.sqrt(value + residual))
        if end <= sought or value > sought**2 * (1 + ROUNDING):  # certainly below, or certainly above
            break
    return end


def _leading(product: Product, side: int, count: int, tol: float, rng: np.random.Generator) -> FloatArray:
    """Orthonormal (side, count): the leading eigenvectors of a positive semi-definite operator."""
    from pairbounds.infrastructure.progress import Bar  # slow to import

    start = rng.standard_normal(side)
    try:
        with Bar(desc="spectrum", unit="product") as bar:

            def counted(vector: FloatArray) -> FloatArray:
                bar.update()
                return product(vector)

            operator = scipy.sparse.linalg.LinearOperator((side, side), matvec=counted, dtype=np.float64)
            _, vectors = scipy.sparse.linalg.eigsh(operator, count, which="LA", tol=tol, v0=start)
    except scipy.sparse.linalg.ArpackNoConvergence as error:
        raise RuntimeError(f"ARPACK did not converge ({error}): raise tol or use method='dense'") from error
    return np.asarray(vectors, dtype=np.float64)


def _ritz(product: Product, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rayleigh quotients of unit vectors under a positive semi-definite operator, and their residuals."""
    images = product(vectors)
    values = np.maximum(0.0, np.sum(vectors * images, axis=0))
    return values, np.linalg.norm(images - values * vectors, axis=0)


def _deflated(product: Product, basis: FloatArray) -> Product:
    """The operator with an orthonormal basis projected out on both sides."""

    def project(vectors: FloatArray) -> FloatArray:
        return vectors - basis @ (basis.T @ vectors)

    return lambda vectors: project(product(project(vectors)))
