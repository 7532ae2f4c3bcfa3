"""CLIP: an image and one of its captions are a positive pair."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize

from pairbounds.real_data.encoders.offline import TEMPERATURE, contrastive_loss
from pairbounds.real_data.training.networks import TextTower, text_tower
from pairbounds.real_data.training.objectives.objective import TextObjective
from pairbounds.real_data.training.view_batches import Batch

if TYPE_CHECKING:
    from pairbounds.real_data.training.data import TrainingData
    from pairbounds.real_data.training.run import Run

SHARED = 128  # width of the space of images and texts


class ImageText(TextObjective):
    """CLIP: each image with one of its captions, drawn uniformly; symmetric InfoNCE with a learned temperature.

    Parameters
    ----------
    width : width of the features
    captions : captions of each image of the data set
    tower : text tower, which is trained too
    """

    views = 1

    def __init__(self, width: int, captions: Sequence[tuple[str, ...]], tower: TextTower) -> None:
        super().__init__()
        self.captions, self.tower = captions, tower
        self.image_head, self.text_head = nn.Linear(width, SHARED), nn.Linear(tower.width, SHARED)
        self.log_scale = nn.Parameter(torch.tensor(-np.log(TEMPERATURE), dtype=torch.float32))

    @classmethod
    def of(cls, run: "Run", data: "TrainingData", width: int) -> "ImageText":
        """See `Objective`."""
        captions = cls.captions_of(run, data)
        texts = {text for image in data.split(run.seed).train for text in captions[image]}
        return cls(width, captions, text_tower(run.text, texts))

    @classmethod
    def captions_of(cls, run: "Run", data: "TrainingData") -> Sequence[tuple[str, ...]]:  # noqa: ARG003 - controls need it
        """Captions of each image of the data set; controls override them."""
        return data.source.dataset.captions

    def forward(self, features: torch.Tensor, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        """See `Objective`."""
        texts = [self.captions[image][rng.integers(len(self.captions[image]))] for image in batch.images]
        return contrastive_loss(self.images(features), self.texts(texts), self.log_scale)

    def images(self, features: torch.Tensor) -> torch.Tensor:
        """See `TextObjective`; (b, SHARED)."""
        return normalize(self.image_head(features))

    def texts(self, texts: Sequence[str]) -> torch.Tensor:
        """See `TextObjective`; (b, SHARED)."""
        tokens = self.tower.tokens(texts).to(self.log_scale.device)
        return normalize(self.text_head(self.tower(tokens)))
