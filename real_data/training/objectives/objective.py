"""Base class of objectives: losses of a batch of views or labels, with their heads."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import nn

from pairbounds.real_data.training.view_batches import Batch

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class Objective(nn.Module, ABC):
    """A loss of a batch of features, differentiable in them and in the weights of its heads.

    Attributes
    ----------
    views : views of each image in a batch, 1 or 2
    """

    views: ClassVar[int]

    @classmethod
    @abstractmethod
    def of(cls, run: "Run", data: "TrainingData", width: int) -> "Objective":
        """The objective of a run, for features of this width."""

    @abstractmethod
    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """The loss; `features` belong to the batch's pictures, (views B, width)."""
