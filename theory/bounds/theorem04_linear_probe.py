"""Theorem 4: labelling error and spectral gap bound the linear probe, and the sharper two-sided form.

In words: If induced pairs seldom join two classes, and `σ_{k+1}` is well below 1, then a linear probe on the optimal
encoder of width k is seldom wrong.

The sharper form, by the label energies c_i, is about the top-k embedding: every minimiser is one if `σ_k > σ_{k+1}`.

Proof: `docs/theorems/theorem04.md`. Source: Zhang, Wang and Wang 2023, after HaoChen et al. 2021; the constants and the
two-sided form are derived here. Cost: linear in the pairs, beside k + 1 singular values; their left vectors for c_i.
"""

import numpy as np

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import label_energy, labelling_error


@exact("induced-labelling-error", quantity="induced_labelling_error", kept="sharper")
def induced_by_labelling_error(graph: PairGraph) -> float:
    """`α_T <= 2 α - α² r / (r - 1)` for r classes: if two images with one caption differ, one differs from it."""
    error = labelling_error(graph)
    classes = np.union1d(required_labels(graph, "left"), required_labels(graph, "right"))
    other_classes = len(classes) - 1
    return error * (2 - error * (1 + 1 / other_classes)) if other_classes else 0.0


@exact("probe-mse", quantity="probe_mse", kept="published", through=True)
def probe_mse(graph: LabelledGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= α_T / (1 - σ²_{k+1})`."""
    return graph.unreached + over_gap(graph.variation, spectrum, k)


@exact("probe-error", quantity="probe_error", kept="published", through=True)
def probe_error(graph: LabelledGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 α_T / (1 - σ²_{k+1})`."""
    return 2 * graph.unreached + over_gap(2 * graph.variation, spectrum, k)


@exact("sharp-probe-mse", quantity="probe_mse", kept="less information: one hop and the label energy")
def sharp_probe_mse(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) <= ρ_k / (1 - σ²_{k+1})`, with `ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`."""
    return over_gap(_remaining_variation(graph, spectrum, k), spectrum, k)


@exact(
    "sharp-probe-error",
    quantity="probe_error",
    corollary_of="imbalance-error",
    kept="less information: label energy of all classes together",
)
def sharp_probe_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 ρ_k / (1 - σ²_{k+1})`, with `ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`."""
    return 2 * over_gap(_remaining_variation(graph, spectrum, k), spectrum, k)


@exact("sharp-probe-mse-below", quantity="probe_mse", relation=">=", kept="sharper")
def sharp_probe_mse_below(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ε₂(f*) >= ρ_k`, with `ρ_k = α_T - Σ_{i≤min(k, rank)} (1 - σ_i²) c_i`: no linear probe does better."""
    return max(0.0, _remaining_variation(graph, spectrum, k) - spectrum.rounding)


def _remaining_variation(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`ρ_k`: what the top k, as many as the rank allows, leave of `α_T`; at least 0."""
    energy = label_energy(graph, spectrum)[:k]
    explained = float(np.sum((1 - spectrum.singular_values[:k] ** 2) * energy))
    return max(0.0, graph.variation - explained)
