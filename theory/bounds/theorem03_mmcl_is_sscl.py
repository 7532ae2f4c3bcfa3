"""Theorem 3: multi-modal contrastive learning performs self-supervised learning on text-induced pairs.

In words: Training on pairs of images and captions gives the images the features, up to a linear map, that training on
the pairs of images that share a caption would give them, if `σ_k > σ_{k+1}`.

Proof, the role of the gap and an example: `docs/theorems/theorem03.md`. Source: Zhang, Wang and Wang 2023.
Cost: that of the leading k + 1 singular triplets; the induced pairs are never formed.
"""

import numpy as np

from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.singular_triplets import Spectrum


@exact("mmcl-is-sscl", quantity="aligned_induced_loss", relation="=", kept="published")
def mmcl_is_sscl(spectrum: Spectrum, k: int) -> float:
    """`min_M L_T(f* M) = -Σ_{i <= k} σ_i⁴`, the least loss on the induced pairs: a linear map of f* attains it.

    Needs `σ_k > σ_{k+1}`, or k above the rank: in a tie the optimum is not unique. With a gap every linear probe has
    the same error on both optima.
    """
    values = spectrum.singular_values
    unique = k > spectrum.rank or values[k - 1] - values[k] > spectrum.rounding
    require(unique, f"σ_k > σ_{{k+1}} fails: both are {values[k]:.6g}")
    return -float(np.sum(values[:k] ** 4))
