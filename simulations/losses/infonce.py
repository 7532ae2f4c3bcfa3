"""The symmetric InfoNCE loss."""

import math

import torch
from torch.nn.functional import cross_entropy

from pairbounds.simulations.losses.pair_loss import Embeddings, PairLoss
from pairbounds.theory.quantities.population_infonce import infonce_loss, mutual_information


class InfoNCE(PairLoss):
    """Symmetric InfoNCE of the scores `f(x)ᵀ g(l)`: embeddings are not normalised, the temperature is 1."""

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """Exact loss with negatives from the marginals (`pairbounds.infonce_loss`); scores every pair of nodes."""
        value: torch.Tensor = infonce_loss(self.graph, left, right)
        return value

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Mean cross-entropy in both directions of the batch, minus log B; tends to `population` as B grows."""
        scores = first @ second.T
        own = torch.arange(len(scores), device=scores.device)
        return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2 - math.log(len(scores))

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """`-I(x; l)`, attained by pointwise mutual information if k is large enough, without penalty (theorem 10)."""
        return -mutual_information(self.graph)
