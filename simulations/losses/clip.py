"""The loss of CLIP: InfoNCE of normalised embeddings, with a learnable temperature."""

import math

import torch
from torch import nn
from torch.nn.functional import normalize

from pairbounds.simulations.losses.infonce import InfoNCE
from pairbounds.simulations.losses.pair_loss import Embeddings
from pairbounds.theory.graph.pair_graph import PairGraph

INITIAL_TEMPERATURE = 0.07  # as in CLIP
LARGEST_SCALE = 100.0  # maximum of 1 / temperature, as in CLIP


class Clip(InfoNCE):
    """Symmetric InfoNCE of cosine similarities over a learnable temperature, initially 0.07 and at least 0.01.

    Source: Radford et al. 2021.
    """

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(INITIAL_TEMPERATURE), dtype=torch.float64))

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """InfoNCE of the scaled cosine similarities."""
        return super().population(self._scale() * normalize(left), normalize(right))

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """InfoNCE of the scaled cosine similarities."""
        return super().sampled(self._scale() * normalize(first), normalize(second))

    def _scale(self) -> torch.Tensor:
        return self.log_scale.exp().clamp(max=LARGEST_SCALE)
