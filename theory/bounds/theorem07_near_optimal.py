"""Theorem 7: encoders that are not optimal, through their excess loss.

In words: What theorems 4 and 6 say of the optimum holds of every encoder, with an addition that vanishes with its
excess loss where `σ_k > σ_{k+1}`.

Let an embedding pair of width k have excess loss `ε = L + Σ_{i≤k} σ_i²`, and let `j <= k` with `σ_j > σ_{k+1}`.

Probe. Projecting on the columns of F only lowers the loss, and Ky Fan gives
`‖(I - Π_F) U_j‖_F² <= ε / (σ_j² - σ²_{k+1})`. Split Ỹ at j. Of the first part `‖(I - Π_F) U_j U_jᵀ Ỹ‖_F` is at most
`‖(I - Π_F) U_j‖_F ‖Ỹ‖_op`, and `‖Ỹ‖²_op = p_max`, the largest class mass. The tail is at most `α_T / (1 - σ²_{j+1})` by
theorem 4, and is exactly `1 - Σ_{i≤j} c_i`. Theorem 17 has soft thresholds in the place of j.

Zero-shot. The residual `R = Ā - F Gᵀ` has operator norm at most `√(σ²_{k+1} + ε)` (Weyl). Write `F Gᵀ = Q B` with Q
orthonormal. The excess splits into two non-negative parts, `ε_1` of Q as a subspace and `ε_2 = ‖Qᵀ Ā - B‖²`. The ranges
of `(I - Q Qᵀ) Ā` and `Q (Qᵀ Ā - B)` are orthogonal, so that `‖R W_j‖² <= Σ_{i≤j} σ_i² ‖(I - Q Qᵀ) u_i‖² + ε_2 <= ε /
(σ_j² - σ²_{k+1})`. With T the matrix of the `t_c` of theorem 6, `‖T‖² = q` the largest class mass on the right, and at
most `τ / (1 - σ²_{j+1})` of T outside `W_j`, `‖R T‖ <= √(q ε / (σ_j² - σ²_{k+1})) + √(σ²_{k+1} + ε) √(τ / (1 -
σ²_{j+1}))`. At ε = 0 and j = k this is theorem 6.

Source: new here; the probe part has the shape of HaoChen et al. 2021.

Cost: given the triplets and the excess loss, a minimum over k places; the form by multi-hop consistency adds theorem 15
at each.
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.bounds.theorem06_zero_shot import off_captions
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import (
    class_masses,
    induced_labelling_error,
    label_energy,
    right_induced_labelling_error,
)
from pairbounds.theory.quantities.multihop_consistency import tail_at_most
from pairbounds.theory.spectrum.triplets import Spectrum


@bound(
    "near-optimal-error",
    quantity="probe_error",
    status="exact",
    subject="encoder",
    corollary_of="trained-error",
    kept="less information: no singular vector",
)
def near_optimal_error(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= 2 min_j (√(α_T / (1 - σ²_{j+1})) + √(p_max ε / (σ_j² - σ²_{k+1})))²` for every embedding pair."""
    return 2 * _squared_probe_bound(
        encoder, _over(induced_labelling_error(graph) + spectrum.rounding, _gaps(spectrum, k))
    )


@bound(
    "sharp-near-optimal-error",
    quantity="probe_error",
    status="exact",
    subject="encoder",
    corollary_of="trained-error",
    kept="less information: label energy alone",
)
def sharp_near_optimal_error(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= 2 min_j (√(1 - Σ_{i≤j} c_i) + √(p_max ε / (σ_j² - σ²_{k+1})))²`: the tail by its label energy."""
    energy = np.cumsum(label_energy(graph, spectrum)[:k])
    return 2 * _squared_probe_bound(encoder, np.maximum(0.0, 1 - energy) + spectrum.rounding)


@bound(
    "multihop-near-optimal-error",
    quantity="probe_error",
    status="exact",
    subject="encoder",
    kept="less information: no singular vector",
)
def multihop_near_optimal_error(
    graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder, hops: int | None = None
) -> float:
    """`E(f) <= 2 min_j (√B_m(j) + √(p_max ε / (σ_j² - σ²_{k+1})))²`: the tail by multi-hop consistency (theorem 15)."""
    tails = [tail_at_most(graph, spectrum, j, hops) for j in range(1, k + 1)]
    return 2 * _squared_probe_bound(encoder, np.array(tails))


@bound("zero-shot-near-optimal", quantity="zero_shot_error", status="exact", subject="encoder")
def zero_shot_near_optimal(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E_zs(f, g) <= 2 min_j (√(2α - τ) + √(q ε / (σ_j² - σ²_{k+1})) + √((σ²_{k+1} + ε) τ / (1 - σ²_{j+1})))²`.

    It shrinks to 0 with α and ε, and is theorem 6 at the optimum.
    """
    differing, loss = right_induced_labelling_error(graph) + spectrum.rounding, excess(encoder)
    residual = spectrum.upper_values[k] ** 2 + loss
    off_subspace = _over(class_masses(graph, "right").max() * loss, _some_splits(spectrum, k))
    tail = residual * _over(differing, _gaps(spectrum, k))
    off = np.sqrt(off_captions(graph, spectrum))
    return float(2 * np.min(off + np.sqrt(off_subspace) + np.sqrt(tail)) ** 2)


def excess(encoder: Encoder) -> float:
    """The excess loss over the optimum, at least 0, rounded up."""
    lowest = -float(np.sum(encoder.spectrum.singular_values[: encoder.k] ** 2))
    return max(0.0, encoder.loss - lowest) + encoder.spectrum.rounding * max(-lowest, encoder.loss_scale)


def _squared_probe_bound(encoder: Encoder, tails: FloatArray) -> float:
    """The least over j of `(√tail_j + √(p_max ε / (σ_j² - σ²_{k+1})))²`; `tails` is (k,)."""
    loss = class_masses(encoder.graph).max() * excess(encoder)
    off_subspace = _over(loss, _some_splits(encoder.spectrum, encoder.k))
    return float(np.min(np.sqrt(tails) + np.sqrt(off_subspace)) ** 2)


def splits(spectrum: Spectrum, k: int) -> FloatArray:
    """`σ_j² - σ²_{k+1}` for j = 1..k, (k,), rounded down and at least 0."""
    return np.asarray(np.maximum(0.0, spectrum.lower_values[:k] ** 2 - spectrum.upper_values[k] ** 2))


def _some_splits(spectrum: Spectrum, k: int) -> FloatArray:
    """The same where some j has a gap."""
    gaps = splits(spectrum, k)
    require(gaps.any(), "σ_j > σ_{k+1} fails for every j <= k")
    return gaps


def _gaps(spectrum: Spectrum, k: int) -> FloatArray:
    """`1 - σ²_{j+1}` for j = 1..k, (k,), rounded down and at least 0."""
    return 1 - spectrum.upper_values[1 : k + 1] ** 2


def _over(numerator: float, denominators: FloatArray) -> FloatArray:
    """The quotients; infinite where the denominator is 0, whatever the numerator."""
    positive = denominators > 0
    return np.where(positive, numerator / np.where(positive, denominators, 1.0), np.inf)
