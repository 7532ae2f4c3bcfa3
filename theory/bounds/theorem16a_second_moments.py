"""Theorem 16, second moments (16a): what those of the probe's scores say of its error, and what imbalance adds.

In words: The 0-1 error of the probe on the optimum is at most twice its squared error, and less where the probe all but
ignores a class.

`K = Ỹᵀ (I - Π_k) Ỹ`, (r, r). A class with a large `K_cc` makes the error less if `σ_{k+1} < 1`; else that is false
(`FalseForms.v`).

Proof: `docs/theorems/theorem16.md`. Source: new here. Cost: O(n_left k) beside the left singular vectors.
"""

import numpy as np

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses, label_coordinates


@exact("imbalance-error", quantity="probe_error", kept="sharper")
def imbalance_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 ε₂(f*) - Σ_c max(0, 2 r K_{cc}² / ((r - 1) p_c) - p_c)`, for r classes; K is `p_c - ‖U_kᵀ ỹ_c‖²`.

    Without a gap below 1 it is `2 ε₂`. It is less where a class has `K_cc > p_c √((r-1)/2r)`.
    """
    masses = class_masses(graph)
    missed = masses - np.sum(label_coordinates(graph, spectrum)[:k] ** 2, axis=0)
    rounding = spectrum.rounding + over_gap(0.0, spectrum, k) * np.sqrt(masses)
    classes = len(masses)
    share = classes / (classes - 1) if classes > 1 else 0.0
    least = share * np.maximum(0.0, missed - rounding) ** 2 / masses
    spared = np.maximum(0.0, 2 * least - masses)
    return float(2 * (missed.sum() + spectrum.rounding) - spared.sum())
