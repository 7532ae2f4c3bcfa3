"""Theorem 1: the spectral contrastive loss is a matrix factorisation.

In words: An encoder's spectral contrastive loss is, up to a constant of the graph, the squared distance of the product
of its two sides from the normalised matrix of the pairs.

Proof and an example: `docs/theorems/theorem01.md`. Source: HaoChen et al. 2021 for pairs of one kind; Zhang, Wang and
Wang 2023 for images and captions. Cost: O(nnz k + (n_left + n_right) k²) for width k.
"""

import numpy as np

from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact


@exact("factorisation", quantity="spectral_loss", relation="=", subject="encoder", kept="published")
def factorisation(encoder: Encoder) -> float:
    """`L(f, g) = ‖Ā - F Gᵀ‖_F² - ‖Ā‖_F²` for every embedding pair.

    Evaluated by another route than the loss: `Σ C_ij (C_ij - 2 M_ij)`, where a small C is not lost in M. Its round-off
    is that of `Encoder.loss_scale`.
    """
    product = encoder.product_factor
    return float(np.sum(product * (product - 2 * encoder.paired_bases)))
