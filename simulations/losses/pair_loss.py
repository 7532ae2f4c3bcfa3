"""Base class of contrastive losses, on a whole graph and on a batch of positive pairs."""

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
    induced : True if positive pairs are the induced pairs of left nodes, without a right embedding
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
        """Loss on the whole graph, from the unweighted embeddings (n_left, k) and (n_right, k) of all nodes."""

    @abstractmethod
    def sampled(self, first: Embeddings, second: Embeddings) -> torch.Tensor:
        """Loss on a batch of independent positive pairs, from the embeddings (B, k) of their two ends, B >= 2.

        It equals the population loss in expectation, or in the limit of large batches.
        """

    def floor(self, k: int, penalty: float = 0.0) -> float:
        """Lower bound on the population loss plus `penalty` times `size`, for embeddings of width k; NaN if unknown."""
        return math.nan

    def size(self, left: Embeddings, right: Embeddings) -> torch.Tensor:
        """`E‖f‖² + E‖g‖²` over the two ends of a positive pair, from the embeddings of all nodes."""
        if self.induced:
            return 2 * _mean_square(left, self.graph.left_marginal)
        return _mean_square(left, self.graph.left_marginal) + _mean_square(right, self.graph.right_marginal)


def _mean_square(side: Embeddings, marginal: FloatArray) -> torch.Tensor:
    return torch.tensor(marginal, device=side.device) @ side.square().sum(1)
