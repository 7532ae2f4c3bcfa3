"""The free embedding: a vector for each node, with nothing in common between them."""

import numpy as np
import torch
from torch import nn

from pairbounds.infrastructure.arrays import FloatArray

INITIAL_NORM = 0.1  # of a column of the weighted embedding, whose optimum has norms of up to 1


class FreeTower(nn.Module):
    """A vector for each node of a side.

    The parameters are the weighted embedding, `F = D_L^{1/2} f`, in which the loss is equally curved for frequent and
    for rare nodes.
    """

    def __init__(self, marginal: FloatArray, k: int, rng: np.random.Generator) -> None:
        super().__init__()
        initial = INITIAL_NORM * rng.standard_normal((len(marginal), k)) / np.sqrt(len(marginal))
        self.weighted = nn.Parameter(torch.from_numpy(initial))
        self.root = nn.Buffer(torch.tensor(np.sqrt(marginal))[:, None])

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """Unweighted embeddings, (n, k), of the nodes with these indices, (n,); by default of all."""
        if nodes is None:
            return self.weighted / self.root
        return self.weighted[nodes] / self.root[nodes]
