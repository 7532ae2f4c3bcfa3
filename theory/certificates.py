"""Theorem 14: an upper end of `σ_{k+1}` with a proof that no larger value was skipped.

A small residual shows that a computed value is near a true one, never that it is the (k+1)-th. For any k columns V,
Weyl's interlacing gives `σ²_{k+1} <= λ_max(G - V Vᵀ)`, G the Gram matrix of the smaller side. So it is enough to show
that nothing of the deflated matrix lies above a threshold; V itself need not be accurate.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from theory.arrays import FloatArray
from theory.graph import PairGraph
from theory.spectra import Spectrum

PROOF_SIDE = 4_000  # up to this many nodes on the smaller side, a Cholesky factorisation is the proof
CONFIDENCE = 1 - 1e-6  # of the probabilistic guarantee beyond
LANCZOS_STEPS = 200
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Certificate:
    """`σ_{k+1} <= upper`.

    Attributes
    ----------
    upper : in [0, 1]
    method : "cholesky", a proof despite floating point, or "lanczos", true with probability `confidence`
    confidence : 1 for a proof; else over the random starting vector
    """

    upper: float
    method: str
    confidence: float


def certify(graph: PairGraph, spectrum: Spectrum, k: int) -> Certificate:
    """A certified upper end of `σ_{k+1}`, close to the computed one.

    Cholesky: `θ I - G + V Vᵀ` is factorised with a diagonal reduced by more than the backward error of the
    factorisation and of forming G; success proves it positive definite (Rump 2006), hence `σ²_{k+1} <= θ`. θ starts
    just above the computed value and doubles its distance until it is proved. O(side³) time, O(side²) memory: for at
    most `PROOF_SIDE` nodes on the smaller side.

    Lanczos: after q steps from a uniformly random direction, the largest Ritz value of a positive semi-definite matrix
    of order n is below `(1 - η) λ_max` with probability at most `1.648 √n e^{-√η (2q - 1)}` (Kuczyński and Woźniakowski
    1992).
    """
    smaller_is_right = graph.n_right <= graph.n_left
    matrix = graph.normalized if smaller_is_right else sp.csr_array(graph.normalized.T)
    basis = (spectrum.right if smaller_is_right else spectrum.left)[:, :k]
    if matrix.shape[1] <= k:
        return Certificate(0.0, "cholesky", 1.0)  # there is no (k+1)-th value
    if matrix.shape[1] <= PROOF_SIDE:
        return _by_cholesky(matrix, basis, float(spectrum.upper_values[k]))
    return _by_lanczos(matrix, basis)


def with_certificate(graph: PairGraph, spectrum: Spectrum, k: int) -> tuple[Spectrum, Certificate]:
    """The k + 1 leading triplets, the upper end of the last of them certified; and the certificate."""
    certificate = certify(graph, spectrum, k)
    known = spectrum.leading(k + 1)
    return replace(known, unseen=max(known.unseen, certificate.upper)), certificate


def _by_cholesky(matrix: sp.csr_array, basis: FloatArray, computed: float) -> Certificate:
    order = matrix.shape[1]
    gram = (matrix.T @ matrix).toarray()
    # |Ā| has norm 1, so that rounding in its entries and in forming the Gram matrix moves G by at most this much.
    forming = (matrix.shape[0] + 8) * EPS
    deflated = gram - basis @ basis.T
    deflating = (basis.shape[1] + 8) * EPS * float(np.linalg.norm(basis, 2)) ** 2
    distance = max(8 * order * EPS, forming)
    while True:
        threshold = computed**2 + distance
        shifted = threshold * np.eye(order) - deflated
        factoring = (order + 2) * EPS * float(np.trace(shifted))
        shifted[np.diag_indices(order)] -= forming + deflating + 2 * factoring
        try:
            scipy.linalg.cholesky(shifted, lower=True, overwrite_a=True, check_finite=False)
            break
        except scipy.linalg.LinAlgError:
            distance *= 2
    return Certificate(min(1.0, float(np.sqrt(threshold)) * (1 + 4 * EPS)), "cholesky", 1.0)


def _by_lanczos(matrix: sp.csr_array, basis: FloatArray) -> Certificate:
    order = matrix.shape[1]
    start = np.random.default_rng(0).standard_normal(order)
    ritz = _largest_ritz_value(matrix, basis, start)
    failure = (1 - CONFIDENCE) / (1.648 * np.sqrt(order))
    shortfall = (np.log(1 / failure) / (2 * LANCZOS_STEPS - 1)) ** 2
    if shortfall >= 1:
        return Certificate(1.0, "lanczos", CONFIDENCE)
    rounding = (LANCZOS_STEPS + matrix.shape[0]) * EPS
    return Certificate(min(1.0, float(np.sqrt(ritz / (1 - shortfall) + rounding))), "lanczos", CONFIDENCE)


def _largest_ritz_value(matrix: sp.csr_array, basis: FloatArray, start: FloatArray) -> float:
    """Of `(I - V Vᵀ) G (I - V Vᵀ)`, after `LANCZOS_STEPS` steps with full reorthogonalisation."""

    def product(vector: FloatArray) -> FloatArray:
        inside = vector - basis @ (basis.T @ vector)
        image = matrix.T @ (matrix @ inside)
        return np.asarray(image - basis @ (basis.T @ image))

    vectors = [start / np.linalg.norm(start)]
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    for _ in range(LANCZOS_STEPS):
        image = product(vectors[-1])
        diagonal.append(float(vectors[-1] @ image))
        known = np.array(vectors)
        for _ in range(2):
            image = image - known.T @ (known @ image)
        length = float(np.linalg.norm(image))
        if length < 64 * EPS:  # an invariant subspace: its Ritz values are exact
            break
        off_diagonal.append(length)
        vectors.append(image / length)
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, off_diagonal[: len(diagonal) - 1])
    return max(0.0, float(values[-1]))
