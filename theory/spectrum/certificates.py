"""Theorem 14: an upper end of `σ_{k+1}` with a proof that no larger value was skipped.

A small residual shows that a computed value is near a true one, never that it is the (k+1)-th. For any k columns V,
Weyl's interlacing gives `σ²_{k+1} <= λ_max(G - V Vᵀ)`, G the Gram matrix of the smaller side. So it is enough to show
that nothing of the deflated matrix lies above a threshold; V itself need not be accurate.

What is proved is about the matrix Ā of the stored weights as exact numbers, not about the one that was computed. Let u
be half of `EPS`, `γ_m = m u / (1 - m u)`, and `|A|` the matrix of absolute values. A sum or an inner product of m terms
is off by at most γ_m of the sum of their absolute values, in any order (Higham 2002); and `|A - B| <= C` entry by entry
gives `‖A - B‖ <= ‖C‖`.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.threads import limited_threads
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.probed_end import PROBES, deflated_end
from pairbounds.theory.spectrum.sparse_products import SparseProducts
from pairbounds.theory.spectrum.triplets import Spectrum

PROOF_SIDE = 4_000  # up to this many nodes on the smaller side, a Cholesky factorisation is the proof
CONFIDENCE = 1 - 1e-6  # of the probabilistic guarantee beyond
STEPS = 200  # of the probes
SEEDS = (0, 14)  # of the probes: of numbers that no solver has drawn, on which its triplets would depend
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Certificate:
    """`σ_{k+1} <= upper`.

    Attributes
    ----------
    upper : in [0, 1]
    method : "cholesky", a proof despite floating point, or "probes", true with probability `confidence`
    confidence : 1 for a proof; else over the random probes
    """

    upper: float
    method: str
    confidence: float


def certify(graph: PairGraph, spectrum: Spectrum, k: int) -> Certificate:
    """A certified upper end of `σ_{k+1}`, close to the computed one.

    Cholesky: `θ I - G + V Vᵀ` is factorised with a diagonal reduced by more than the backward error of the
    factorisation and of forming it; success proves it positive definite (Rump 2006), hence `σ²_{k+1} <= θ`. θ starts
    just above the computed value and doubles its distance until it is proved. O(side³) time, O(side²) memory: for at
    most `PROOF_SIDE` nodes on the smaller side.

    Probes: Chebyshev polynomials of the deflated Gram matrix on a few Gaussian vectors, in whose norms what is above
    the computed value would show, their round-off counted (`pairbounds.theory.spectrum.probed_end`). O(nnz + n k) a
    step and probe for n nodes on the smaller side. Where nothing was skipped the end is about 5e-4 of itself above the
    computed value.

    Both speak of the computed Ā; its distance to the true one, `normalising_error`, is added.
    """
    smaller_is_right = graph.n_right <= graph.n_left
    matrix = graph.normalized if smaller_is_right else sp.csr_array(graph.normalized.T)
    basis = (spectrum.right if smaller_is_right else spectrum.left)[:, :k]
    if matrix.shape[1] <= k:
        return Certificate(0.0, "cholesky", 1.0)  # there is no (k+1)-th value
    if matrix.shape[1] <= PROOF_SIDE:
        found = _by_cholesky(matrix, basis, float(spectrum.upper_values[k]))
    else:
        found = _by_probes(matrix, basis, spectrum.singular_values[:k], float(spectrum.upper_values[k]))
    return replace(found, upper=min(1.0, found.upper + normalising_error(graph)))


def with_certificate(graph: PairGraph, spectrum: Spectrum, k: int) -> tuple[Spectrum, Certificate]:
    """The k + 1 leading triplets, the upper end of the last of them certified; and the certificate."""
    certificate = certify(graph, spectrum, k)
    known = spectrum.leading(k + 1)
    return replace(known, unseen=max(known.unseen, certificate.upper)), certificate


def normalising_error(graph: PairGraph) -> float:
    """Upper bound on the norm of the error of the computed `Ā`, and so by Weyl on that of each singular value.

    The marginals of a pair (x, l), sums of d_x and d_l weights, are off by `γ_{d-1}` of themselves, which counts half
    in their roots. Two roots, two reciprocals and two products round once each, and one more stands for what is of
    second order. So every entry of Ā, none of them negative, is off by `((d_x + d_l) / 2 + 6) u` of itself, and Ā, of
    norm 1, by the largest of these.
    """
    most = (np.diff(graph.joint.indptr).max(), np.bincount(graph.joint.indices).max())
    return float(sum(most) / 2 + 6) * EPS / 2


def is_proved(matrix: sp.csr_array, basis: FloatArray, threshold: float) -> bool:
    """Return whether a Cholesky factorisation proves that no eigenvalue of `AᵀA - V Vᵀ` is above a threshold.

    `matrix`, A, has non-negative entries, norm 1 up to round-off and n columns; `basis`, V, is (n, k) and any.

    Notes
    -----
    What is factorised is off from `θ I - AᵀA + V Vᵀ` by at most, in norm,

    - `γ_m` for AᵀA, m the most entries in a column of A: its absolute values are itself, of norm 1;
    - `γ_k ‖|V|‖²` for V Vᵀ, where `‖|V|‖` can be as large as √k though V is orthonormal;
    - `5 u (θ + 1 + ‖|V|‖²)` for the two subtractions, for reducing the diagonal, and for what is of second order.

    A factorisation that runs to its end is that of a matrix off by at most `γ_{n+1} / (1 - γ_{n+1})` times the trace
    (Rump 2006, theorem 2.3, but for underflow, which the doubled allowances cover by far). The diagonal is reduced by
    twice all this.
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


def _by_cholesky(matrix: sp.csr_array, basis: FloatArray, computed: float) -> Certificate:
    distance = 8 * matrix.shape[1] * EPS
    while not is_proved(matrix, basis, computed**2 + distance):
        distance *= 2
    return Certificate(min(1.0, float(np.sqrt(computed**2 + distance)) * (1 + 4 * EPS)), "cholesky", 1.0)


def _by_probes(matrix: sp.csr_array, basis: FloatArray, known: FloatArray, computed: float) -> Certificate:
    import torch

    order, products = matrix.shape[1], SparseProducts(matrix)
    vectors = torch.from_numpy(np.ascontiguousarray(basis.T))
    start = torch.from_numpy(np.random.default_rng(SEEDS).standard_normal((PROBES, order)))
    cutoff = max(computed**2, products.rounding)
    with limited_threads():
        end, _ = deflated_end(
            products.gram,
            vectors,
            known**2,
            start,
            cutoff,
            goal=cutoff,
            rounding=products.rounding,
            failure=1 - CONFIDENCE,
            steps=STEPS,
        )
    return Certificate(min(1.0, float(np.sqrt(end)) * (1 + 4 * EPS)), "probes", CONFIDENCE)
