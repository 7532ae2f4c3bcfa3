"""A small convolutional network of pictures."""

from typing import ClassVar

import torch
from torch import nn

from pairbounds.simulations.encoders.mlp import MLP
from pairbounds.simulations.encoders.network import Network

CHANNELS = 16  # of the first convolution; the second has twice as many


class Conv(Network):
    """Two strided convolutions of pictures; what is observed as a feature vector has an MLP."""

    place: ClassVar[float] = 3

    @staticmethod
    def built(shape: torch.Size, k: int) -> nn.Module:
        """Two convolutions and a linear layer."""
        if len(shape) == 1:
            return MLP.built(shape, k)
        if len(shape) != 3 or min(shape[1:]) < 4:
            raise ValueError(
                f"encoder 'conv' takes pictures (n, channels, height, width) of 4 pixels or more, not {shape}"
            )
        sizes = [-(-size // 4) for size in shape[1:]]
        return nn.Sequential(
            nn.Conv2d(shape[0], CHANNELS, 3, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(CHANNELS, 2 * CHANNELS, 3, stride=2, padding=1),
            nn.GELU(),
            nn.Flatten(),
            nn.Linear(2 * CHANNELS * sizes[0] * sizes[1], k),
        )
