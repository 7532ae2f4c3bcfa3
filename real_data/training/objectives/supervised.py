"""Supervised training on the classes of the images."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.training.objectives.objective import Objective
from pairbounds.real_data.training.view_batches import Batch

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class Supervised(Objective):
    """Cross-entropy of a linear classifier, on the network and views of the other objectives."""

    views = 1

    def __init__(self, width: int, labels: IntArray) -> None:
        super().__init__()
        self.labels, self.head = labels, nn.Linear(width, int(labels.max()) + 1)

    @classmethod
    def of(cls, run: "Run", data: "TrainingData", width: int) -> "Supervised":  # noqa: ARG003 - shared signature
        """See `Objective`."""
        return cls(width, data.classes)

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG002 - shared signature
        """See `Objective`."""
        labels = torch.from_numpy(self.labels[batch.images])
        return cross_entropy(self.head(features), labels.to(features.device))
