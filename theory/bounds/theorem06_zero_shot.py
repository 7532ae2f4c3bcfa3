"""Theorem 6: zero-shot prediction at the optimum.

In words: If both ends of a pair seldom differ in class, and `σ_{k+1}` is well below 1, then class prototypes made of
captions classify most images rightly at the optimum, without any probe.

Proof. With `t_c = D_R^{1/2} 1[y(l) = c]` the scores of class c, weighted, are `Ā_k t_c`, and the error vector is
`ỹ_c - Ā_k t_c = (ỹ_c - Ā t_c) + (Ā - Ā_k) t_c`. Let τ be the induced labelling error of the right side: of two captions
of one image. `Σ_c <ỹ_c, Ā t_c> = 1 - α` and `Σ_c ‖Ā t_c‖² = 1 - τ`, so that the first part sums to `2α - τ`; the second
to at most `σ²_{k+1} τ / (1 - σ²_{k+1})`, by theorem 4 on the right side. A wrong or tied argmax costs at least 1/2.

By Cauchy and Schwarz it is at most `4α / (1 - σ²_{k+1})`, whatever τ is.

Source: new here.

Cost: α and τ are linear in the pairs; what takes time is the leading k + 1 singular values.
"""

import math

import numpy as np

from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import labelling_error, right_induced_labelling_error
from pairbounds.theory.spectrum.triplets import Spectrum


@bound("zero-shot", quantity="zero_shot_error", status="exact")
def zero_shot(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_zs <= 2 (√(2α - τ) + σ_{k+1} √(τ / (1 - σ²_{k+1})))²` at the optimum, at most `4α / (1 - σ²_{k+1})`."""
    sigma = spectrum.upper_values[k]
    if sigma == 1:
        return math.inf
    differing = right_induced_labelling_error(graph) + spectrum.rounding
    return float(2 * (np.sqrt(off_captions(graph, spectrum)) + sigma * np.sqrt(differing / (1 - sigma**2))) ** 2)


def off_captions(graph: PairGraph, spectrum: Spectrum) -> float:
    """`Σ_c ‖ỹ_c - Ā t_c‖² = 2α - τ`, how far the classes of captions are from those of their images; rounded up."""
    return max(0.0, 2 * labelling_error(graph) - right_induced_labelling_error(graph)) + spectrum.rounding
