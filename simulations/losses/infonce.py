"""The symmetric InfoNCE loss, plain and as CLIP has it: normalised, with a learnable temperature."""

import math
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from pairbounds.simulations.losses.loss import Embeddings, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.infonce import infonce_loss, mutual_information

INITIAL_TEMPERATURE = 0.07  # CLIP's; and it clips 1 / temperature to at most 100
LARGEST_SCALE = 100.0


class InfoNCE(PairLoss):
    """Symmetric InfoNCE of the scores `f(x)ᵀ g(l)`: embeddings are not normalised, the temperature is 1."""

    name: ClassVar[str] = "infonce"

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """Negatives are drawn from the marginals: `pairbounds.infonce_loss`. Every pair of nodes has a score."""
        value: torch.Tensor = infonce_loss(self.graph, left, right)
        return value

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Cross-entropy in the batch, both ways, less log B; tends to the population's as B grows."""
        scores = first @ second.T
        own = torch.arange(len(scores), device=scores.device)
        return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2 - math.log(len(scores))

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """`-I(x; l)`, reached by pointwise mutual information if there is no penalty and width enough (theorem 10)."""
        return -mutual_information(self.graph)


class Clip(InfoNCE):
    """Symmetric InfoNCE of cosine similarities over a learnable temperature, from 0.07 on and at least 0.01.

    Source: Radford et al. 2021.
    """

    name: ClassVar[str] = "clip"

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(INITIAL_TEMPERATURE), dtype=torch.float64))

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """As InfoNCE, of the scaled cosine similarities."""
        return super().population(self._scale() * normalize(left), normalize(right))

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """As InfoNCE, of the scaled cosine similarities."""
        return super().sampled(self._scale() * normalize(first), normalize(second))

    def _scale(self) -> torch.Tensor:
        return self.log_scale.exp().clamp(max=LARGEST_SCALE)
