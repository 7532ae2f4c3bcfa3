"""Theorem 3: multi-modal contrastive learning performs self-supervised learning on text-induced pairs.

In words: Training on pairs of images and captions gives the images the features, up to a linear map, that training on
the pairs of images that share a caption would give them, where `σ_k > σ_{k+1}`.

Cost: that of the leading k + 1 singular triplets; the induced pairs are never formed.

Source: Zhang, Wang and Wang 2023.
"""

import numpy as np

from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum


@bound("mmcl-is-sscl", quantity="aligned_induced_loss", status="exact", relation="=", kept="paper")
def mmcl_is_sscl(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """The multi-modal optimum, after a linear map, has the smallest loss on the induced pairs, `-Σ_{i≤k} σ_i⁴`.

    The symmetric spectral loss on `P_T` is `-2 ‖Āᵀ F‖² + ‖Fᵀ F‖²`, and its minimum over F is `-Σ σ_i⁴`. The
    minimiser's column space is that of the multi-modal optimum, hence every linear probe has the same error.
    Needs `σ_k > σ_{k+1}`: in a tie neither optimum is unique and their probes may differ. Where k exceeds the rank the
    equation needs nothing more, and `U_k Σ_k^{1/2}` spans the range of `Ā`; another minimiser may span more, through
    features that its other side ignores, and its probe may err less.
    """
    values = spectrum.singular_values
    unique = k > spectrum.rank or values[k - 1] - values[k] > spectrum.rounding
    require(unique, f"σ_k > σ_{{k+1}} fails: both are {values[k]:.6g}")
    return -float(np.sum(values[:k] ** 4))
