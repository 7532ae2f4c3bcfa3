"""Theorem 7: encoders that are not optimal, through their excess loss.

In words: The bounds of theorems 4 and 6 on the optimum extend to every encoder, with an addition that vanishes with its
excess loss if `σ_k > σ_{k+1}`.

The excess loss is `ε = L + Σ_{i≤k} σ_i²`; minima are over the `j <= k` with `σ_j > σ_{k+1}`, of which one must exist.
`p_{max}` and q are the largest class masses on the left and the right, τ is that of theorem 6, B_M that of theorem 15.

Proof: `docs/theorems/theorem07.md`. Source: new here; the probe part has the shape of HaoChen et al. 2021. Cost: a
minimum over k places, beside the triplets; theorem 15 at each for the multi-hop form.
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem06_zero_shot import off_captions
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import (
    class_masses,
    induced_labelling_error,
    label_energy,
    right_induced_labelling_error,
)
from pairbounds.theory.quantities.multihop_consistency import tail_at_most


@exact(
    "near-optimal-error",
    quantity="probe_error",
    subject="encoder",
    corollary_of="trained-error",
    kept="less information: one hop, no singular vector",
)
def near_optimal_error(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= 2 min_j (√(α_T / (1 - σ²_{j+1})) + √(p_{max} ε / (σ_j² - σ²_{k+1})))²` for every embedding pair."""
    return 2 * _squared_probe_bound(
        encoder, _quotients(induced_labelling_error(graph) + spectrum.rounding, _gaps(spectrum, k))
    )


@exact(
    "sharp-near-optimal-error",
    quantity="probe_error",
    subject="encoder",
    corollary_of="trained-error",
    kept="less information: label energy alone",
)
def sharp_near_optimal_error(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= 2 min_j (√(1 - Σ_{i <= j} c_i) + √(p_{max} ε / (σ_j² - σ²_{k+1})))²`: the tail by its label energy."""
    energy = np.cumsum(label_energy(graph, spectrum)[:k])
    return 2 * _squared_probe_bound(encoder, np.maximum(0.0, 1 - energy) + spectrum.rounding)


@exact(
    "multihop-near-optimal-error",
    quantity="probe_error",
    subject="encoder",
    kept="less information: no singular vector",
)
def multihop_near_optimal_error(
    graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder, order: int | None = None
) -> float:
    """`E(f) <= 2 min_j (√(B_M(j)) + √(p_{max} ε / (σ_j² - σ²_{k+1})))²`: the tail by theorem 15."""
    tails = [tail_at_most(graph, spectrum, j, order) for j in range(1, k + 1)]
    return 2 * _squared_probe_bound(encoder, np.array(tails))


@exact("zero-shot-near-optimal", quantity="zero_shot_error", subject="encoder", kept="sharper")
def zero_shot_near_optimal(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E_{zs}(f, g) <= 2 min_j (√(2 α - τ) + √(q ε / (σ_j² - σ²_{k+1})) + √((σ²_{k+1} + ε) τ / (1 - σ²_{j+1})))²`."""
    differing, loss = right_induced_labelling_error(graph) + spectrum.rounding, excess(encoder)
    residual = spectrum.upper_values[k] ** 2 + loss
    off_subspace = _quotients(class_masses(graph, "right").max() * loss, _positive_splits(spectrum, k))
    tail = residual * _quotients(differing, _gaps(spectrum, k))
    off = np.sqrt(off_captions(graph, spectrum))
    return float(2 * np.min(off + np.sqrt(off_subspace) + np.sqrt(tail)) ** 2)


def excess(encoder: Encoder) -> float:
    """Excess ε of the spectral loss over its minimum at the width, at least 0, rounded up."""
    lowest = -float(np.sum(encoder.spectrum.singular_values[: encoder.k] ** 2))
    return max(0.0, encoder.loss - lowest) + encoder.spectrum.rounding * max(-lowest, encoder.loss_scale)


def _squared_probe_bound(encoder: Encoder, tails: FloatArray) -> float:
    """Minimum over j of `(√tail_j + √(p_max ε / (σ_j² - σ²_{k+1})))²`; `tails` is (k,)."""
    loss = class_masses(encoder.graph).max() * excess(encoder)
    off_subspace = _quotients(loss, _positive_splits(encoder.spectrum, encoder.k))
    return float(np.min(np.sqrt(tails) + np.sqrt(off_subspace)) ** 2)


def splits(spectrum: Spectrum, k: int) -> FloatArray:
    """`σ_j² - σ²_{k+1}` for j = 1..k, (k,), rounded down and at least 0."""
    return np.asarray(np.maximum(0.0, spectrum.lower_values[:k] ** 2 - spectrum.upper_values[k] ** 2))


def _positive_splits(spectrum: Spectrum, k: int) -> FloatArray:
    """`splits`; raises `HypothesisError` if `σ_j = σ_{k+1}` for every `j <= k`."""
    gaps = splits(spectrum, k)
    require(gaps.any(), "σ_j > σ_{k+1} fails for every j <= k")
    return gaps


def _gaps(spectrum: Spectrum, k: int) -> FloatArray:
    """`1 - σ²_{j+1}` for j = 1..k, (k,), rounded down and at least 0."""
    return 1 - spectrum.upper_values[1 : k + 1] ** 2


def _quotients(numerator: float, denominators: FloatArray) -> FloatArray:
    """Quotients of a number by denominators, (k,); infinite for a denominator of 0, even if the number is 0."""
    positive = denominators > 0
    return np.where(positive, numerator / np.where(positive, denominators, 1.0), np.inf)
