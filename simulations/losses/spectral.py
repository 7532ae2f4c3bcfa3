"""The spectral contrastive loss (HaoChen et al. 2021), on the pairs of a graph and on the pairs that it induces."""

from typing import ClassVar

import numpy as np
import torch

from pairbounds.infrastructure.arrays import FloatArray, sparse_tensor
from pairbounds.simulations.losses.loss import Embeddings, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import spectral_loss_of
from pairbounds.theory.spectrum.triplets import spectrum


class Spectral(PairLoss):
    """`-2 E_P[f(x)ᵀ g(l)] + E_{p_L × p_R}[(f(x)ᵀ g(l))²]`. Embeddings are not normalised; there is no temperature."""

    name: ClassVar[str] = "spectral"

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self._population = spectral_loss_of(graph)

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """Exact, linear in the number of pairs."""
        value: torch.Tensor = self._population(left, right)
        return value

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Unbiased: the negatives of a pair are the other ends of all other pairs, which are independent of it."""
        return spectral_batch(first, second)

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """The minimum, `-Σ_{i≤k} σ_i²` (theorem 2); with a penalty `-Σ_{i≤k} (σ_i - μ)₊²` (theorem 18)."""
        return _least(spectrum(self.graph, k).singular_values, penalty)


class InducedSpectral(PairLoss):
    """The spectral loss of the induced pairs, `-2 E_{P_T}[f(x)ᵀ f(x')] + E_{p_L × p_L}[(f(x)ᵀ f(x'))²]`."""

    name: ClassVar[str] = "induced_spectral"
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
        """Unbiased, from induced pairs."""
        return spectral_batch(first, second)

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """The minimum, `-Σ_{i≤k} σ_i⁴` (theorem 3); with a penalty `-Σ_{i≤k} (σ_i² - μ)₊²`, likewise."""
        return _least(spectrum(self.graph, k).singular_values ** 2, penalty)


def _least(values: FloatArray, penalty: float) -> float:
    return -float(np.sum(np.maximum(0.0, values - penalty) ** 2))


def spectral_batch(first: Embeddings, second: Embeddings) -> torch.Tensor:
    """`-2/B Σ_i f_iᵀ g_i + 1/(B(B-1)) Σ_{i≠j} (f_iᵀ g_j)²`."""
    scores = first @ second.T
    own, size = scores.diagonal(), len(scores)
    return -2 * own.mean() + (scores.square().sum() - own.square().sum()) / (size * (size - 1))
