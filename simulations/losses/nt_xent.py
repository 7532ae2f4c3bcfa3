"""NT-Xent (SimCLR), on the pairs of left nodes that share a right node."""

import math
from typing import ClassVar

import numpy as np
import torch
from torch.nn import Buffer
from torch.nn.functional import cross_entropy, normalize

from pairbounds.infrastructure.arrays import sparse_tensor
from pairbounds.simulations.losses.pair_loss import Embeddings, PairLoss
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import log_partitions

TEMPERATURE = 0.5


class NTXent(PairLoss):
    """Normalised, temperature-scaled cross-entropy of induced pairs: cosine similarity over a temperature of 0.5.

    Source: Chen et al. 2020.
    """

    induced: ClassVar[bool] = True

    def __init__(self, graph: PairGraph) -> None:
        super().__init__(graph)
        self.marginal = Buffer(torch.tensor(graph.left_marginal))
        mean = graph.joint.T * (1 / np.sqrt(graph.right_marginal))[:, None]
        self.mean = Buffer(sparse_tensor(mean.tocsr(), torch.float64, torch.device("cpu")))

    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """`-E_{P_T}[s(x, x')] + E_x log E_{x'~p_L} e^{s(x, x')}`, the limit of large batches.

        With unit f and temperature t, the first term is `Σ_l ‖Σ_x P(x, l) f(x)‖² / (t p_R(l))`, linear in the number of
        pairs. The second scores every pair of left nodes.
        """
        unit = normalize(left)
        attraction = (self.mean @ unit).square().sum() / TEMPERATURE
        partition: torch.Tensor = log_partitions(unit / TEMPERATURE, unit, self.marginal, self.marginal)[0]
        return self.marginal @ partition - attraction

    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Cross-entropy over the 2B - 1 other rows of the batch, minus log(2B - 1)."""
        unit = normalize(torch.cat([first, second]))
        scores = (unit @ unit.T / TEMPERATURE).fill_diagonal_(-math.inf)
        partner = torch.arange(len(unit), device=unit.device).roll(len(first))
        return cross_entropy(scores, partner) - math.log(len(unit) - 1)
