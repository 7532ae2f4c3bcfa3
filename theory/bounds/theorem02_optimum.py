"""Theorem 2: the optimum of the spectral loss in closed form (Eckart-Young).

In words: The k largest singular values say how small the spectral loss of an encoder of width k can be, and the leading
singular vectors attain it.

Proof, all minimisers and an example: `docs/theorems/theorem02.md`. Source: Eckart and Young 1936, by theorem 1.
Cost: that of the leading k singular triplets.
"""

import numpy as np

from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.singular_triplets import Spectrum


@exact("optimum", quantity="spectral_loss", relation="=", kept="published")
def optimum(spectrum: Spectrum, k: int) -> float:
    """`min L = -Σ_{i <= k} σ_i²`, attained by `F = U_k Σ_k^{1/2} R`, `G = W_k Σ_k^{1/2} R^{-ᵀ}`."""
    return _lowest(spectrum, k)


@exact("excess-loss", quantity="spectral_loss", relation=">=", subject="encoder", kept="sharper")
def excess_loss(spectrum: Spectrum, k: int) -> float:
    """`L(f, g) >= -Σ_{i <= k} σ_i²` for every embedding pair of width k: the excess loss is never negative."""
    return _lowest(spectrum, k)


def _lowest(spectrum: Spectrum, k: int) -> float:
    return -float(np.sum(spectrum.singular_values[:k] ** 2))
