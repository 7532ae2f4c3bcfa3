"""A multilayer perceptron of feature vectors."""

from typing import ClassVar

import torch
from torch import nn

from pairbounds.simulations.encoders.network import Network, feature_width

HIDDEN = 128  # units of a hidden layer


class MLP(Network):
    """Two hidden layers of `HIDDEN` units."""

    place: ClassVar[float] = 2

    @staticmethod
    def built(shape: torch.Size, k: int) -> nn.Module:
        """Three layers, with GELU between them."""
        width = feature_width("mlp", shape)
        return nn.Sequential(
            nn.Linear(width, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, k)
        )
