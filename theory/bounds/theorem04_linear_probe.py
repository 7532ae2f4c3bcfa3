"""Theorem 4: labelling error and spectral gap bound the linear probe, and the sharper two-sided form.

In words: If induced pairs seldom join two classes, and `σ_{k+1}` is well below 1, then a linear probe on the optimal
encoder of width k is seldom wrong.

Source: Zhang, Wang and Wang 2023, after HaoChen et al. 2021; the constants and the two-sided form are derived here.

Proof. `Σ_c ỹ_cᵀ (I - ĀĀᵀ) ỹ_c = α_T`, by expanding the square of label differences over the induced pairs. In the
basis u_i the left side is `Σ_i (1 - σ_i²) c_i`, and of it the part beyond k is at least `(1 - σ²_{k+1}) ε₂`. A wrong
or tied argmax costs at least 1/2 in squared error, hence the factor 2.

`α_T <= 2α - α² r/(r-1)` for r classes (on either side). Let a caption have error a: of its images so much is of other
classes than its own, r - 1 at most. Two of its images agree with probability `(1 - a)² + a²/(r-1)` or more, by Cauchy
and Schwarz; what is left, `2a - a² r/(r-1)`, is concave in a, and α is the mean of a over captions (Jensen). With two
classes it is `2α (1 - α)`. Equality: one error for all captions, evenly over the other classes.

Where k exceeds the rank, `σ_{k+1} = 0` and the optimum `U_k Σ_k^{1/2}` spans the range of `Ā` and no more: sums over
`i <= k` then end at the rank, and label energy in the null space stays in the tail.

Remark: no embedding of width k is better prepared for every target that varies slowly. Let a target be a real function
t of the left nodes, of one-hop variation `v(t) = E_{P_T} (t(x) - t(x'))²`, and `v(t) <= ε`. A linear probe on any f of
width k < n_left misses some of these by `ε / (2 (1 - σ²_{k+1}))` in squared error, and on f* none by more. For the
weighted target `t̃ = D_L^{1/2} t`, `v(t) = 2 ⟨t̃, (I - ĀĀᵀ) t̃⟩`: `u_1 … u_{k+1}` span a t̃ that is orthogonal to the k
columns of `D_L^{1/2} f`, so that all of it is missed, and `v(t) <= 2 (1 - σ²_{k+1}) ‖t̃‖²`; on f* what is missed is
`Σ_{i>k} ⟨t̃, u_i⟩² <= v(t) / (2 (1 - σ²_{k+1}))`. This is Kolmogorov's width of an ellipsoid (Kolmogorov 1936), and
that the top eigenfunctions are the minimax features is in Johnson, El Hanchi and Maddison 2023, of whom the abstract
was seen.

Remark: for encoders that are linear in features, the same holds with `e_X + φ / (1 - τ²_{k+1})` (theorem 42).

All values are rounded outward: `σ_{k+1}` by its upper end, numerators by `Spectrum.rounding`.

Cost: `α_T` is linear in the pairs; what takes time is the leading k + 1 singular values, and for the sharper form their
left vectors.
"""

import numpy as np

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.consistency import (
    label_energy,
    label_variation,
    labelling_error,
    required_labels,
    unreached_energy,
)
from pairbounds.theory.spectrum.triplets import Spectrum


@bound("induced-labelling-error", quantity="induced_labelling_error", status="exact")
def induced_by_labelling_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`α_T <= 2α - α² r/(r-1)`, r classes: where two images with one caption differ, one of them differs from it."""
    error = labelling_error(graph)
    classes = np.union1d(required_labels(graph, "left"), required_labels(graph, "right"))
    others = len(classes) - 1
    return error * (2 - error * (1 + 1 / others)) if others else 0.0


@bound("probe-mse", quantity="probe_mse", status="exact", kept="paper", through=True)
def probe_mse(graph: LabelledGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= α_T / (1 - σ²_{k+1})`."""
    return unreached_energy(graph) + over_gap(label_variation(graph), spectrum, k)


@bound("probe-error", quantity="probe_error", status="exact", kept="paper", through=True)
def probe_error(graph: LabelledGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 α_T / (1 - σ²_{k+1})`."""
    return 2 * unreached_energy(graph) + over_gap(2 * label_variation(graph), spectrum, k)


@bound("sharp-probe-mse", quantity="probe_mse", status="exact", kept="less information: label energy alone")
def sharp_probe_mse(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= ρ_k / (1 - σ²_{k+1})`, with `ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`."""
    return over_gap(_remaining(graph, spectrum, k), spectrum, k)


@bound(
    "sharp-probe-error",
    quantity="probe_error",
    status="exact",
    corollary_of="imbalance-error",
    kept="less information: label energy alone",
)
def sharp_probe_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 ρ_k / (1 - σ²_{k+1})`, with `ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`."""
    return 2 * over_gap(_remaining(graph, spectrum, k), spectrum, k)


@bound("sharp-probe-mse-below", quantity="probe_mse", status="exact", relation=">=")
def sharp_probe_mse_below(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) >= ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`: no linear probe on the optimum does better."""
    return max(0.0, _remaining(graph, spectrum, k) - spectrum.rounding)


def _remaining(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ρ_k`: what the top k, as many as the rank allows, leave of `α_T`; at least 0."""
    energy = label_energy(graph, spectrum)[:k]
    explained = float(np.sum((1 - spectrum.singular_values[:k] ** 2) * energy))
    return max(0.0, label_variation(graph) - explained)
