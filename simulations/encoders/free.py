"""The free embedding: an independent vector for each node."""

import numpy as np
import torch
from torch import nn

from pairbounds.infrastructure.arrays import FloatArray

INITIAL_NORM = 0.1  # norm of a column of the weighted embedding; norms of the optimum are at most 1


class FreeTower(nn.Module):
    """A vector for each node of a side.

    The parameters are the weighted embedding, `F = D_L^{1/2} f`, so the loss has the same curvature for frequent and
    rare nodes.
    """

    def __init__(self, marginal: FloatArray, k: int, rng: np.random.Generator) -> None:
        super().__init__()
        initial = INITIAL_NORM * rng.standard_normal((len(marginal), k)) / np.sqrt(len(marginal))
        self.weighted = nn.Parameter(torch.from_numpy(initial))
        self.root = nn.Buffer(torch.tensor(np.sqrt(marginal))[:, None])

    def forward(self, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """Unweighted embeddings, (n, k), of the nodes with these indices, (n,); by default of all nodes."""
        if nodes is None:
            return self.weighted / self.root
        return self.weighted[nodes] / self.root[nodes]
