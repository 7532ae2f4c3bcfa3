"""A linear map of feature vectors."""

from typing import ClassVar

import torch
from torch import nn

from pairbounds.simulations.encoders.network import Network, feature_width


class Linear(Network):
    """A linear map of feature vectors."""

    place: ClassVar[float] = 1

    @staticmethod
    def built(shape: torch.Size, k: int) -> nn.Module:
        """One layer."""
        return nn.Linear(feature_width("linear", shape), k)
