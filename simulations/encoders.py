"""Encoders: what turns the nodes of a graph into embeddings that can be trained."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from theory import PairGraph

INITIAL_NORM = 0.1  # of a column of the weighted embedding, whose optimum has norms of up to 1


class FreeEmbedding(nn.Module):
    """A vector for each node, with nothing in common between them.

    The parameters are the weighted embeddings `F = D_L^{1/2} f` and `G = D_R^{1/2} g`, in which the loss is equally
    curved for frequent and for rare nodes.
    """

    def __init__(self, graph: PairGraph, k: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.left = nn.Parameter(_small(graph.n_left, k, rng))
        self.right = nn.Parameter(_small(graph.n_right, k, rng))
        self.left_root = nn.Buffer(torch.tensor(np.sqrt(graph.left_marginal))[:, None])
        self.right_root = nn.Buffer(torch.tensor(np.sqrt(graph.right_marginal))[:, None])

    def forward(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The unweighted embeddings, (n_left, k) and (n_right, k)."""
        return self.left / self.left_root, self.right / self.right_root


def _small(n: int, k: int, rng: np.random.Generator) -> torch.Tensor:
    return torch.from_numpy(INITIAL_NORM * rng.standard_normal((n, k)) / np.sqrt(n))


ENCODERS: Mapping[str, Callable[[PairGraph, int, np.random.Generator], nn.Module]] = {"free": FreeEmbedding}
