"""The spectral contrastive loss of the pairs that a graph induces."""

from typing import ClassVar

import numpy as np
import torch

from pairbounds.infrastructure.arrays import sparse_tensor
from pairbounds.simulations.losses.pair_loss import Embeddings, PairLoss
from pairbounds.simulations.losses.spectral import least_loss, spectral_batch
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum


class InducedSpectral(PairLoss):
    """The spectral loss of the induced pairs, `-2 E_{P_T}[f(x)ᵀ f(x')] + E_{p_L × p_L}[(f(x)ᵀ f(x'))²]`."""

    induced: ClassVar[bool] = True

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self.root = torch.nn.Buffer(torch.tensor(np.sqrt(graph.left_marginal))[:, None])
        self.walk = torch.nn.Buffer(sparse_tensor(graph.normalized.T.tocsr(), torch.float64, torch.device("cpu")))

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """`-2 ‖Āᵀ F‖² + ‖Fᵀ F‖²`, without the induced graph: linear in the number of pairs."""
        weighted = self.root * left
        return -2 * (self.walk @ weighted).square().sum() + (weighted.T @ weighted).square().sum()

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Unbiased estimate from induced pairs."""
        return spectral_batch(first, second)

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """The minimum, `-Σ_{i≤k} σ_i⁴` (theorem 3); with a penalty `-Σ_{i≤k} (σ_i² - μ)₊²`."""
        return least_loss(spectrum(self.graph, k).singular_values ** 2, penalty)
