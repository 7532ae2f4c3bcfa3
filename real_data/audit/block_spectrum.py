"""The leading singular triplets of a graph whose pairs are on a cluster."""

from collections.abc import Callable

import numpy as np
import scipy.linalg
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from real_data.audit.blocks import BlockGraph
from theory import Spectrum
from theory.arrays import FloatArray

GUARD = 8  # values beyond the k-th, so that k is never at the edge of what was searched
DENSE_SIDE = 600  # captions up to which the Gram matrix is formed
SEARCHES = 20

Product = Callable[[FloatArray], FloatArray]


def block_spectrum(graph: BlockGraph, k: int, *, tol: float, seed: int) -> Spectrum:
    """The k leading singular triplets: ARPACK here, every product with `Āᵀ Ā` on the workers.

    As in `theory.spectrum`, what is left after deflation is searched from a new random start, until nothing is found
    there: ARPACK alone skips copies of a repeated value.

    Raises
    ------
    RuntimeError
        The solver did not converge, or left a residual above `tol`.
    """
    side, rng, unseen = graph.n_right, np.random.default_rng(seed), 0.0
    count = min(k + GUARD, side)
    if side <= max(DENSE_SIDE, count + 1):
        _, basis = scipy.linalg.eigh(graph.gram(np.eye(side)), subset_by_index=(side - count, side - 1))
    else:
        basis, unseen = _leading_all(graph.gram, side, k, tol / 10, rng)
    left, values, rotation = scipy.linalg.svd(graph.normalized @ basis, full_matrices=False)
    left, values, right = left[:, :k].copy(), values[:k].copy(), basis @ rotation[:k].T
    residuals = np.maximum(
        np.linalg.norm(graph.normalized @ right - left * values, axis=0),
        np.linalg.norm(graph.normalized.T @ left - right * values, axis=0),
    )
    if residuals.max() > tol:
        raise RuntimeError(f"residual {residuals.max():.1e} is above tol={tol:.1e}: raise tol")
    return Spectrum(np.minimum(1.0, values), left, right, residuals, "blocks", unseen)


def _leading_all(gram: Product, side: int, k: int, tol: float, rng: np.random.Generator) -> tuple[FloatArray, float]:
    """Orthonormal columns that span the k leading eigenvectors and some more; upper end of the values beyond them."""
    basis = _leading(gram, side, k + GUARD, tol, rng)
    for _ in range(SEARCHES):
        basis, _ = np.linalg.qr(basis)
        kth = scipy.linalg.eigvalsh(basis.T @ gram(basis))[-k]
        deflated = _deflated(gram, basis)
        vector = _leading(deflated, side, 1, tol, rng)[:, 0]
        image = deflated(vector)
        value = float(vector @ image)
        unseen = float(np.sqrt(max(0.0, value) + np.linalg.norm(image - value * vector)))
        if value <= kth:
            break
        basis = np.hstack([basis, _leading(deflated, side, GUARD, tol, rng)])
    return basis, unseen


def _leading(product: Product, side: int, count: int, tol: float, rng: np.random.Generator) -> FloatArray:
    operator = LinearOperator((side, side), matvec=product, dtype=np.float64)
    try:
        _, vectors = eigsh(operator, count, which="LA", tol=tol, v0=rng.standard_normal(side))
    except ArpackNoConvergence as error:
        raise RuntimeError(f"ARPACK did not converge ({error}): raise tol") from error
    return np.asarray(vectors, dtype=np.float64)


def _deflated(gram: Product, basis: FloatArray) -> Product:
    def project(vector: FloatArray) -> FloatArray:
        return np.asarray(vector - basis @ (basis.T @ vector))

    return lambda vector: project(gram(project(vector)))
