"""Theorem 27: how well whitened features can be aligned.

In words: Whitened features cannot be nearer to one another along the pairs than the leading singular values allow, and
the optimum's are as near as that.

Features are whitened if `E_{p_L} f fᵀ = I`. The pair alignment is that of the best rotation of g against f.

Proof: `docs/theorems/theorem27.md`. Source: canonical correlations (Hotelling 1936; Lancaster 1958), Ky Fan 1949 and
1951; only the reading is new here. Cost: O(nnz k + (n_left + n_right) k²).
"""

import numpy as np
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, independent
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.singular_triplets import Spectrum


def induced_alignment(encoder: Encoder) -> float:
    """`E_{P_T} ‖f̂(x) - f̂(x')‖²` of the whitened left embedding f̂; O(nnz k + n k²), n all nodes."""
    _require_full_rank("f", encoder.left_factors[1])
    return max(0.0, float(2 * (encoder.k - np.trace(encoder.image_gram))))


def pair_alignment(encoder: Encoder) -> float:
    """`E_P ‖f̂(x) - ĝ(l)‖²` of both whitened embeddings, ĝ rotated to be nearest to f̂; O(nnz k + n k²), n all nodes."""
    _require_full_rank("f", encoder.left_factors[1])
    _require_full_rank("g", encoder.right_factors[1])
    return max(0.0, float(2 * np.sum(1 - scipy.linalg.svdvals(encoder.paired_bases))))


QUANTITIES["induced_alignment"] = Quantity(induced_alignment, scale=lambda encoder: float(encoder.k))
QUANTITIES["pair_alignment"] = Quantity(pair_alignment, scale=lambda encoder: float(encoder.k))


@exact("induced-alignment", quantity="induced_alignment", relation=">=", subject="encoder", kept="sharper")
def induced_alignment_at_least(spectrum: Spectrum, k: int) -> float:
    """`E_{P_T} ‖f̂(x) - f̂(x')‖² >= 2 Σ_{i <= k} (1 - σ_i²)` for the whitened features f̂ of every embedding of rank k."""
    return float(2 * np.sum(1 - spectrum.upper_values[:k] ** 2))


@exact("pair-alignment", quantity="pair_alignment", relation=">=", subject="encoder", kept="sharper")
def pair_alignment_at_least(spectrum: Spectrum, k: int) -> float:
    """`E_P ‖f̂(x) - ĝ(l)‖² >= 2 Σ_{i <= k} (1 - σ_i)` for the whitened features of every embedding pair of rank k."""
    return float(2 * np.sum(1 - spectrum.upper_values[:k]))


def _require_full_rank(name: str, factor: FloatArray) -> None:
    rank = independent(factor).shape[1]
    require(rank == len(factor), f"{name} cannot be whitened: its rank is {rank} and its width {len(factor)}")
