"""Theorem 6: zero-shot prediction at the optimum.

Proof. With `t_c = D_R^{1/2} 1[y(l) = c]` the scores of class c, weighted, are `Ā_k t_c`, and the error vector is
`ỹ_c - Ā_k t_c = (ỹ_c - Ā t_c) + (Ā - Ā_k) t_c`. The first part sums to at most `2α`, the second to at most
`σ²_{k+1} 2α / (1 - σ²_{k+1})` by theorem 4 on the right side. A wrong or tied argmax costs at least 1/2.

Source: new here.
"""

import math

import numpy as np

from theory.bounds.registry import bound
from theory.consistency import labelling_error
from theory.graph import PairGraph
from theory.spectra import Spectrum


@bound("zero-shot", quantity="zero_shot_error", status="exact")
def zero_shot(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_zs <= 4 α (1 + σ_{k+1} / √(1 - σ²_{k+1}))²` at the optimum."""
    error, sigma = labelling_error(graph), spectrum.upper_values[k]
    if sigma == 1:
        return math.inf
    return float(4 * (error + spectrum.rounding) * (1 + sigma / np.sqrt(1 - sigma**2)) ** 2)
