"""Theorem 1: the spectral contrastive loss is a matrix factorisation.

In words: An encoder's spectral contrastive loss is, up to a constant of the graph, the squared distance of the product
of its two sides from the normalised matrix of the pairs.

Cost: O(nnz k + (n_left + n_right) k²) for width k.

Source: HaoChen et al. 2021 for pairs of one kind; Zhang, Wang and Wang 2023 for images and captions. Correspondence
analysis (Benzécri; Greenacre) decomposes the same matrix: of it the encyclopedia article by Abdi and Béra was seen.
"""

import numpy as np

from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum


@bound("factorisation", quantity="spectral_loss", status="exact", relation="=", subject="encoder", kept="paper")
def factorisation(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`L(f, g) = ‖Ā - F Gᵀ‖_F² - ‖Ā‖_F²` for every embedding pair.

    Evaluated by another route than the loss: with thin factors `F = Q_F R_F` and `G = Q_G R_G`, Pythagoras gives
    `‖Ā - F Gᵀ‖² - ‖Ā‖² = ‖M - C‖² - ‖M‖²`, `M = Q_Fᵀ Ā Q_G`, `C = R_F R_Gᵀ`, which is `Σ C_ij (C_ij - 2 M_ij)`: the
    difference of the squares as a product, in which a small C is not lost in M. C is off by what `Encoder.loss_scale`
    says, and `Σ C_ij M_ij = tr(Fᵀ Ā G)` by no more than attraction is there, since Ā has norm 1.
    O(nnz k + (n_left + n_right) k²).
    """
    product = encoder.product_factor
    return float(np.sum(product * (product - 2 * encoder.paired_bases)))
