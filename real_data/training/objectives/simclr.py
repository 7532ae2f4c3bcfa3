"""SimCLR: two views of an image are a positive pair; a guide may resample positives and negatives."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from pairbounds.real_data.resampling.batch_rules import Rule
from pairbounds.real_data.resampling.resampled_loss import resampled_nt_xent
from pairbounds.real_data.training.objectives.objective import Objective
from pairbounds.real_data.training.view_batches import Batch
from pairbounds.real_data.training.view_guides import Guide

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run


class TwoViews(Objective):
    """SimCLR with positives and negatives resampled by a guide: NT-Xent of projected features.

    Parameters
    ----------
    head : head of `projection_head`
    rule : as in `pairbounds.resampled_nt_xent`; "none" is SimCLR
    guide : function that embeds the views of a batch, (2B, g)
    """

    views = 2

    def __init__(self, head: nn.Module, temperature: float, rule: str | Rule, guide: Guide) -> None:
        super().__init__()
        self.head = head
        self.temperature, self.rule, self.guide = temperature, rule, guide

    @classmethod
    def of(cls, run: "Run", data: "TrainingData", width: int) -> "TwoViews":
        """See `Objective`."""
        head = projection_head(width, run.recipe.head_width, norm=run.recipe.head_norm)
        return cls(head, run.recipe.temperature, run.rule, data.guide(run))

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """See `Objective`."""
        guide = self.guide(batch, rng).to(features.device)
        return resampled_nt_xent(self.head(features), guide, rule=self.rule, temperature=self.temperature)


def projection_head(width: int, projected: int, *, norm: bool = False) -> nn.Module:
    """Projection head of two layers, from features (b, width) to the inputs of NT-Xent, (b, projected).

    Parameters
    ----------
    norm : SimCLR's head: no biases, and batch norm after both layers, the second without a shift
        Batch norm is over both views.
    """
    first, second = (nn.Linear(width, columns, bias=not norm) for columns in (width, projected))
    if not norm:
        return nn.Sequential(first, nn.ReLU(inplace=True), second)
    output_norm = nn.BatchNorm1d(projected)
    output_norm.bias.requires_grad = False
    return nn.Sequential(first, nn.BatchNorm1d(width), nn.ReLU(inplace=True), second, output_norm)
