"""Theorem 1: the spectral contrastive loss is a matrix factorisation."""

import numpy as np

from theory.bounds.quantities import Encoder
from theory.bounds.registry import bound
from theory.graph import PairGraph
from theory.spectra import Spectrum


@bound("factorisation", quantity="spectral_loss", status="exact", relation="=", subject="encoder")
def factorisation(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`L(f, g) = ‖Ā - F Gᵀ‖_F² - ‖Ā‖_F²` for every embedding pair.

    Evaluated by another route than the loss: with thin factors `F = Q_F R_F` and `G = Q_G R_G`, Pythagoras gives
    `‖Ā - F Gᵀ‖² - ‖Ā‖² = ‖M - R_F R_Gᵀ‖² - ‖M‖²`, `M = Q_Fᵀ Ā Q_G`. O(nnz k + (n_left + n_right) k²).

    Source: HaoChen et al. 2021 (one view); Zhang, Wang and Wang 2023 (two sides).
    """
    (image, left_factor), (right_basis, right_factor) = encoder.left_factors, encoder.right_factors
    core = image.T @ right_basis
    return float(np.sum((core - left_factor @ right_factor.T) ** 2) - np.sum(core**2))
