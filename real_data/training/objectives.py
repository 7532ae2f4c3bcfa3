"""Training objectives: losses of a batch of views or labels, with their heads."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.resampling.batch_rules import Rule
from pairbounds.real_data.resampling.resampled_loss import resampled_nt_xent
from pairbounds.real_data.training.view_batches import Batch
from pairbounds.real_data.training.view_guides import Guide


class Objective(nn.Module, ABC):
    """A loss of a batch of features, differentiable in them and in the weights of its heads."""

    views: ClassVar[int]  # of each image in a batch, 1 or 2

    @abstractmethod
    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """The loss; `features` belong to the batch's pictures, (views B, width)."""


class TwoViews(Objective):
    """SimCLR: two views of an image are a positive pair. The guide's rule may resample positives and negatives."""

    views = 2

    def __init__(self, head: nn.Module, temperature: float, rule: str | Rule, guide: Guide) -> None:
        super().__init__()
        self.head = head
        self.temperature, self.rule, self.guide = temperature, rule, guide

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """NT-Xent of the projected features, with the resampled pairs."""
        guide = self.guide(batch, rng).to(features.device)
        return resampled_nt_xent(self.head(features), guide, rule=self.rule, temperature=self.temperature)


def projection_head(width: int, projected: int, *, norm: bool = False) -> nn.Module:
    """Projection head of two layers, from features (b, width) to the inputs of NT-Xent, (b, projected).

    With `norm` it is SimCLR's: no biases, and batch norm over both views after both layers, the second without a shift.
    """
    first, second = (nn.Linear(width, columns, bias=not norm) for columns in (width, projected))
    if not norm:
        return nn.Sequential(first, nn.ReLU(inplace=True), second)
    output_norm = nn.BatchNorm1d(projected)
    output_norm.bias.requires_grad = False
    return nn.Sequential(first, nn.BatchNorm1d(width), nn.ReLU(inplace=True), second, output_norm)


class Supervised(Objective):
    """Cross-entropy of a linear classifier, on the network and views of the other objective."""

    views = 1

    def __init__(self, width: int, labels: IntArray) -> None:
        super().__init__()
        self.labels, self.head = labels, nn.Linear(width, int(labels.max()) + 1)

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:  # noqa: ARG002 - shared signature
        """The loss; it draws nothing."""
        labels = torch.from_numpy(self.labels[batch.images])
        return cross_entropy(self.head(features), labels.to(features.device))
