"""The spectral contrastive loss of the pairs of a graph (HaoChen et al. 2021)."""

import numpy as np
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.losses.pair_loss import Embeddings, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import spectral_loss_of
from pairbounds.theory.spectrum.triplets import spectrum


class Spectral(PairLoss):
    """`-2 E_P[f(x)ᵀ g(l)] + E_{p_L × p_R}[(f(x)ᵀ g(l))²]`, without normalised embeddings or a temperature."""

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self._population = spectral_loss_of(graph)

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """Exact loss, linear in the number of pairs."""
        value: torch.Tensor = self._population(left, right)
        return value

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Unbiased estimate: the negatives of a pair are the ends of the other, independent pairs of the batch."""
        return spectral_batch(first, second)

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """The minimum, `-Σ_{i≤k} σ_i²` (theorem 2); with a penalty `-Σ_{i≤k} (σ_i - μ)₊²` (theorem 18)."""
        return least_loss(spectrum(self.graph, k).singular_values, penalty)


def least_loss(values: FloatArray, penalty: float) -> float:
    """`-Σ_i (s_i - μ)₊²` for the k largest singular values s_i of the matrix that the embeddings factorise."""
    return -float(np.sum(np.maximum(0.0, values - penalty) ** 2))


def spectral_batch(first: Embeddings, second: Embeddings) -> torch.Tensor:
    """`-2/B Σ_i f_iᵀ g_i + 1/(B(B-1)) Σ_{i≠j} (f_iᵀ g_j)²`."""
    scores = first @ second.T
    own, size = scores.diagonal(), len(scores)
    return -2 * own.mean() + (scores.square().sum() - own.square().sum()) / (size * (size - 1))
