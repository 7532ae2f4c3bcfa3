"""Theorem 14: certified upper bound on `σ_{k+1}` (`docs/theorems/theorem14.md`).

For any k columns V, `σ²_{k+1} <= λ_max(G - V Vᵀ)` with the Gram matrix G of the smaller side: V need not be accurate.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum

PROOF_SIDE = 4_000  # most nodes on the smaller side for a proof by Cholesky factorisation
CONFIDENCE = 1 - 1e-6  # of the probabilistic certificate for larger graphs
STEPS = 200  # of the probes
SEEDS = (0, 14)  # of the probes, different from the seeds of solvers, so that triplets are independent of them
PROBES = 2
FAR = 1e12  # growth of a probe after which more steps add nothing
LARGEST_TAU, HALVINGS = 300.0, 60  # of a bisection
UNIT = EPS / 2


@dataclass(frozen=True)
class Certificate:
    """`σ_{k+1} <= upper`.

    Attributes
    ----------
    upper : in [0, 1]
    method : "cholesky", a proof that includes rounding, or "probes", true with probability `confidence`
    confidence : 1 for a proof; else the probability over the random probes
    """

    upper: float
    method: str
    confidence: float


def certify(graph: PairGraph, spectrum: Spectrum, k: int) -> Certificate:
    """Certified upper bound on `σ_{k+1}`, close to the computed value.

    Cholesky, for at most `PROOF_SIDE` nodes on the smaller side: θ starts just above the computed value and doubles its
    distance until `θ I - G + V Vᵀ` is proved positive definite. O(side³) time, O(side²) memory.

    Probes: Chebyshev polynomials of the deflated Gram matrix on a few Gaussian vectors, whose norms show larger values
    (`deflated_end`). O(nnz + n k) a step and probe for n nodes on the smaller side. If no value was skipped, the bound
    is about 5e-4 of itself above the computed value.

    Both are about the computed Ā; its distance from the true one, `normalising_error`, is added.
    """
    smaller_is_right = graph.n_right <= graph.n_left
    matrix = graph.normalized if smaller_is_right else sp.csr_array(graph.normalized.T)
    basis = (spectrum.right if smaller_is_right else spectrum.left)[:, :k]
    if matrix.shape[1] <= k:
        return Certificate(0.0, "cholesky", 1.0)  # no (k+1)-th value
    is_short, computed = matrix.shape[1] <= PROOF_SIDE, float(spectrum.upper_values[k])
    if is_short:
        end = _by_cholesky(matrix, basis, computed**2)
    else:
        end = _by_probes(matrix, basis, spectrum.singular_values[:k], computed**2)
    upper = min(1.0, float(np.sqrt(end)) * (1 + 4 * EPS) + normalising_error(graph))
    return Certificate(upper, "cholesky", 1.0) if is_short else Certificate(upper, "probes", CONFIDENCE)


def with_certificate(graph: PairGraph, spectrum: Spectrum, k: int) -> tuple[Spectrum, Certificate]:
    """Leading k + 1 triplets with a certified upper end of the last one, and the certificate."""
    certificate = certify(graph, spectrum, k)
    top = spectrum.leading(k + 1)
    return replace(top, unseen=max(top.unseen, certificate.upper)), certificate


def normalising_error(graph: PairGraph) -> float:
    """Upper bound on the norm of the error of the computed `Ā`, and so on that of each singular value (Weyl)."""
    entries = np.diff(graph.joint.indptr).max() + np.bincount(graph.joint.indices).max()
    return float(entries / 2 + 6) * EPS / 2


def is_proved(matrix: sp.csr_array, basis: FloatArray, threshold: float) -> bool:
    """Prove by a Cholesky factorisation that no eigenvalue of `AᵀA - V Vᵀ` is above a threshold.

    `matrix`, A, has non-negative entries, norm 1 up to round-off and n columns; `basis`, V, is any (n, k) array. The
    diagonal is reduced by twice the bound on rounding, which also covers underflow.
    """
    order, u = matrix.shape[1], EPS / 2
    gram = (matrix.T @ matrix).toarray()
    shifted = threshold * np.eye(order) - (gram - basis @ basis.T)
    spread = float(np.linalg.norm(np.abs(basis), 2)) ** 2
    summed = int(np.bincount(matrix.indices, minlength=order).max())
    forming = (summed + basis.shape[1] * spread + 5 * (threshold + 1 + spread)) * u
    factoring = (order + 2) * u * float(np.abs(np.diag(shifted)).sum())
    shifted[np.diag_indices(order)] -= 2 * (forming + factoring)
    try:
        scipy.linalg.cholesky(shifted, lower=True, overwrite_a=True, check_finite=False)
    except scipy.linalg.LinAlgError:
        return False
    return True


def _by_cholesky(matrix: sp.csr_array, basis: FloatArray, computed: float) -> float:
    """Upper end of `σ²_{k+1}`, from its computed value."""
    distance = 8 * matrix.shape[1] * EPS
    while not is_proved(matrix, basis, computed + distance):
        distance *= 2
    return computed + distance


def _by_probes(matrix: sp.csr_array, basis: FloatArray, values: FloatArray, computed: float) -> float:
    """Upper end of `σ²_{k+1}`, from its computed value, above which the polynomials grow."""
    # A sum of d products has an error of at most d u / (1 - d u) of the sum of their absolute values, in any order.
    summed = np.diff(matrix.indptr).max() + np.bincount(matrix.indices).max()
    rounding = float(1.01 * UNIT * summed)
    start = np.random.default_rng(SEEDS).standard_normal((PROBES, matrix.shape[1])).T
    cutoff = max(computed, rounding)
    return deflated_end(lambda x: matrix.T @ (matrix @ x), basis, values**2, start, cutoff, rounding)


def deflated_end(
    product: Callable[[FloatArray], FloatArray],
    vectors: FloatArray,
    values: FloatArray,
    start: FloatArray,
    cutoff: float,
    rounding: float,
) -> float:
    """Upper bound on the largest eigenvalue of `M = G - V diag(θ - c / 2) Vᵀ`, true with probability `CONFIDENCE`.

    G is a Gram matrix of norm 1, of which `product` is `X -> G X`. V is (n, k), θ in [0, 1], and c positive.
    Eigenvalues near θ move to about c / 2, where they do not matter. The start, (n, PROBES), holds independent standard
    normal numbers, on which M does not depend. `‖fl(G x) - G x‖ <= rounding ‖x‖`; the rounding of both products with V
    is added.
    """
    shift, (side, count) = (values - cutoff / 2)[:, None], vectors.shape

    def moved(columns: FloatArray) -> FloatArray:
        return product(columns) - vectors @ (shift * (vectors.T @ columns))

    def longest(columns: FloatArray) -> float:
        return float(np.linalg.norm(columns, axis=0).max())

    length = float(np.linalg.norm(vectors))
    norm = float(np.abs(vectors.T @ vectors).sum(axis=1).max()) ** 0.5 if count else 0.0  # at least; if orthonormal 1
    rounding += 1.01 * UNIT * (length * norm * (side + 2 * count) + 2 * (1 + norm**2))
    old, new = start, moved(start) * (2 / cutoff) - start
    norms = [longest(old), longest(new)]
    while len(norms) <= STEPS and norms[-1] <= FAR * norms[0]:
        old, new = new, moved(new) * (4 / cutoff) - 2 * new - old
        norms.append(longest(new))
    # The largest of `PROBES` standard normal numbers is smaller with probability at most 1 - CONFIDENCE.
    leaning = float(np.sqrt(np.pi / 2) * (1 - CONFIDENCE) ** (1 / PROBES))
    return cutoff / 2 * (1 + _largest(np.array(norms), leaning, rounding / cutoff))


def _largest(norms: np.ndarray, least: float, rounding: float) -> float:
    """Largest x that is consistent with the norms of `y_0`, .., `y_d`, rounded up, by bisection of `τ = arccosh x`."""
    degree = len(norms) - 1
    before = np.concatenate([[0.0], norms[: degree - 1]])
    errors = (4 * rounding + 12 * UNIT) * norms[:degree] + 8 * UNIT * (norms[1:] + before)
    index = np.arange(degree)

    def excess(tau: float) -> float:
        # T_d = cosh(d τ), U_{d-1-j} = sinh((d - j) τ) / sinh τ, without overflow
        grown = np.exp(-index * tau) * -np.expm1(-2 * (degree - index) * tau) / (1 + np.exp(-2 * degree * tau))
        value = 2 * norms[degree] * np.exp(-degree * tau) / (1 + np.exp(-2 * degree * tau))
        return float(value + np.sum(grown * errors) / np.sinh(tau)) - least

    low, high = 0.0, LARGEST_TAU
    if excess(high) > 0:
        return np.inf
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if middle > 0 and excess(middle) > 0 else (low, middle)
    return float(np.cosh(high))
