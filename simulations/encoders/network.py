"""Networks of what is observed of each node: one architecture, one module."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import nn


class Network(nn.Module, ABC):
    """An architecture, in float64, which `train` calls by the name of its module.

    Attributes
    ----------
    place : in the order of the encoders, in tables
    """

    place: ClassVar[float] = math.inf

    def __init__(self, shape: torch.Size, k: int) -> None:
        super().__init__()
        self.layers = self.built(shape, k).double()

    @staticmethod
    @abstractmethod
    def built(shape: torch.Size, k: int) -> nn.Module:
        """Layers from inputs of this shape, without the number of nodes, to embeddings of width k."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Embeddings (n, k) of n inputs."""
        embeddings: torch.Tensor = self.layers(inputs)
        return embeddings


def feature_width(name: str, shape: torch.Size) -> int:
    """Width of feature vectors; `ValueError` for inputs of another shape."""
    if len(shape) != 1:
        raise ValueError(f"encoder {name!r} takes feature vectors (n, width), not inputs of shape (n, *{tuple(shape)})")
    return shape[0]
