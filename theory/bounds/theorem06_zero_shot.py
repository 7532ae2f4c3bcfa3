"""Theorem 6: zero-shot prediction at the optimum.

In words: If both ends of a pair seldom differ in class, and `σ_{k+1}` is well below 1, then class prototypes made of
captions classify most images rightly at the optimum, without any probe.

τ is the induced labelling error of two captions of one image. Holds for every minimiser, if `σ_{k+1} < 1`.

Proof: `docs/theorems/theorem06.md`. Source: new here. Cost: linear in the pairs, beside k + 1 singular values.
"""

import math

import numpy as np

from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import labelling_error, right_induced_labelling_error


@exact("zero-shot", quantity="zero_shot_error", kept="sharper")
def zero_shot(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_{zs}(f*, g*) <= 2 (√(2 α - τ) + σ_{k+1} √(τ / (1 - σ²_{k+1})))²`, at most `4 α / (1 - σ²_{k+1})`."""
    sigma = spectrum.upper_values[k]
    if sigma == 1:
        return math.inf
    differing = right_induced_labelling_error(graph) + spectrum.rounding
    return float(2 * (np.sqrt(off_captions(graph, spectrum)) + sigma * np.sqrt(differing / (1 - sigma**2))) ** 2)


def off_captions(graph: PairGraph, spectrum: Spectrum) -> float:
    """`Σ_c ‖ỹ_c - Ā t_c‖² = 2α - τ`, how far the classes of captions are from those of their images; rounded up."""
    return max(0.0, 2 * labelling_error(graph) - right_induced_labelling_error(graph)) + spectrum.rounding
