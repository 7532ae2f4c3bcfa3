"""An objective: a loss of a batch of views, captions or labels, with the heads that it needs."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
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
    views : of each image in a batch, 1 or 2
    seconds : of one core for an image of 64 pixels that the small network sees once, a mean over the encoders of
        results/resampled_training.parquet and results/pretraining.parquet; none where nobody has timed it
    """

    views: ClassVar[int]
    seconds: ClassVar[float | None] = None

    @classmethod
    @abstractmethod
    def of(cls, run: "Run", data: "TrainingData", width: int) -> "Objective":
        """The objective of a run, for features of that width."""

    @abstractmethod
    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """The loss; `features` are those of the batch's pictures, (views B, width)."""


class TextObjective(Objective):
    """An objective that puts images and texts into one space: its encoders are judged by texts too."""

    @abstractmethod
    def images(self, features: torch.Tensor) -> torch.Tensor:
        """Features of images in the space of both, rows of unit length."""

    @abstractmethod
    def texts(self, texts: Sequence[str]) -> torch.Tensor:
        """Texts in the space of both, rows of unit length."""
