"""Contrastive loss: one objective, on a whole graph and on a batch of positive pairs."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar, Self

import torch
from torch import nn

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph

Embeddings = torch.Tensor


class PairLoss(nn.Module, ABC):
    """A loss of the embeddings of one graph. Its parameters, such as a temperature, are trained with the encoder.

    Attributes
    ----------
    induced : whether its positive pairs are the induced pairs of left nodes, and no right embedding is trained
    """

    induced: ClassVar[bool] = False

    def __init__(self, graph: PairGraph) -> None:
        super().__init__()
        self.graph = graph

    def on(self, graph: PairGraph) -> Self:
        """The same loss on another graph, with the same parameters."""
        other = type(self)(graph)
        other._parameters, other._modules = self._parameters, self._modules
        return other

    @abstractmethod
    def population(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """The loss on the whole graph, of the unweighted embeddings (n_left, k) and (n_right, k) of all nodes."""

    @abstractmethod
    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """The loss on a batch of independent positive pairs, of the embeddings (B, k) of their two ends, B >= 2.

        In units of the population loss, whose value it has in the mean, or in the limit of large batches.
        """

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """A lower bound on the population loss of every embedding of width k; NaN where none is known.

        With a penalty, of the loss and `penalty` times `size`.
        """
        return math.nan

    def size(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """`E‖f‖² + E‖g‖²` over the two ends of a positive pair, of the embeddings of all nodes."""
        if self.induced:
            return 2 * _mean_square(left, self.graph.left_marginal)
        return _mean_square(left, self.graph.left_marginal) + _mean_square(right, self.graph.right_marginal)


def _mean_square(side: Embeddings, marginal: FloatArray) -> torch.Tensor:
    return torch.tensor(marginal, device=side.device) @ side.square().sum(1)
