"""Theorem 27: how well whitened features can be aligned.

In words: Whitened features cannot be nearer to one another along the pairs than the leading singular values allow, and
the optimum's are as near as that.

Features are whitened where `E_{p_L} f fᵀ = I`: the weighted columns are orthonormal, as those of an embedding of full
rank are after a linear map. Whitened features f, and a pair (f, g) of them, have

    E_{P_T} ‖f(x) - f(x')‖² >= 2 Σ_{i≤k} (1 - σ_i²),    E_P ‖f(x) - g(l)‖² >= 2 Σ_{i≤k} (1 - σ_i),

with equality at f* and g*. The squares belong to induced pairs, which are two hops; on the pairs themselves the values
stand as they are, and the bound with squares, being larger, is false there. If g is free in place of whitened, the best
is `g(l) = E[f(x) | l]` and the least `Σ_{i≤k} (1 - σ_i²)`.

Proof. `E ‖f(x) - f(x')‖² = 2 (k - ‖Āᵀ F‖²)`, which Ky Fan bounds; it is the same for every whitening of one embedding,
for two of them differ by a rotation. `E ‖f(x) - g(l)‖² = 2 (k - tr Fᵀ Ā G)`, and the trace is at most the sum of the
singular values of `Fᵀ Ā G`, the canonical correlations of f and g along the pairs, of which the i-th is at most σ_i. It
attains that sum for the best rotation of g against f, which is the one measured here.

Features that are centred too, as those of VICReg, are orthogonal to `u_1 = √p_L`: the sums go over i = 2..k + 1 then.

Source: canonical correlations. The σ_i are those of the two sides under P (Hotelling 1936; Lancaster 1958 for discrete
pairs), and that the leading ones are the most that k whitened functions reach is Ky Fan 1949, and for pairs of them Ky
Fan 1951 and von Neumann; nothing of it is new here but its reading. Balestriero and LeCun 2022, of whom the abstract
was seen, say that VICReg with whitened features is a spectral embedding.

Cost: O(nnz k + (n_left + n_right) k²).
"""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.bases import RANK_TOLERANCE, independent
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum


def induced_alignment(encoder: Encoder) -> float:
    """`E_{P_T} ‖f̂(x) - f̂(x')‖²` of the whitened left embedding f̂; O(nnz k + n k²), n all nodes."""
    _require_full_rank("f", encoder.left_factors[1])
    return max(0.0, float(2 * (encoder.k - np.trace(encoder.image_gram))))


def pair_alignment(encoder: Encoder) -> float:
    """`E_P ‖f̂(x) - ĝ(l)‖²` of both whitened embeddings, ĝ rotated to be nearest to f̂; O(nnz k + n k²), n all nodes."""
    _require_full_rank("f", encoder.left_factors[1])
    _require_full_rank("g", encoder.right_factors[1])
    return max(0.0, float(2 * np.sum(1 - _singular_values(encoder.paired_bases))))


QUANTITIES["induced_alignment"] = Quantity(induced_alignment, scale=lambda encoder: float(encoder.k))
QUANTITIES["pair_alignment"] = Quantity(pair_alignment, scale=lambda encoder: float(encoder.k))


@bound("induced-alignment", quantity="induced_alignment", status="exact", relation=">=", subject="encoder")
def induced_alignment_at_least(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E_{P_T} ‖f̂(x) - f̂(x')‖² >= 2 Σ_{i≤k} (1 - σ_i²)` for the whitened features f̂ of every embedding of rank k."""
    return float(2 * np.sum(1 - spectrum.upper_values[:k] ** 2))


@bound("pair-alignment", quantity="pair_alignment", status="exact", relation=">=", subject="encoder")
def pair_alignment_at_least(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E_P ‖f̂(x) - ĝ(l)‖² >= 2 Σ_{i≤k} (1 - σ_i)` for the whitened features of every embedding pair of rank k."""
    return float(2 * np.sum(1 - spectrum.upper_values[:k]))


def _singular_values(matrix: FloatArray) -> FloatArray:
    """The singular values of a square matrix, in any order. If it is diagonal up to round-off, they are its diagonal.

    By Mirsky their sum is off by no more than the nuclear norm of what is beside the diagonal, `√k ‖·‖_F` at most: k
    times a round-off.
    """
    diagonal = np.diag(matrix)
    if np.linalg.norm(matrix - np.diag(diagonal)) <= RANK_TOLERANCE * np.sqrt(len(matrix)):
        return np.abs(diagonal)
    return scipy.linalg.svdvals(matrix)


def _require_full_rank(name: str, factor: FloatArray) -> None:
    rank = independent(factor).shape[1]
    require(rank == len(factor), f"{name} cannot be whitened: its rank is {rank} and its width {len(factor)}")
