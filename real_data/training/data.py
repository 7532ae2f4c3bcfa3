"""Data shared by the runs of a study: images, their split, views and guides."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import LiveEncoder
from pairbounds.real_data.pairings.sources import FROZEN, Source, image_encoders
from pairbounds.real_data.training.recipe import UNTRAINED, Run
from pairbounds.real_data.training.splits import Split, split
from pairbounds.real_data.training.view_batches import FreshViews, ViewSource, shown_pictures, view_pool
from pairbounds.real_data.training.view_guides import (
    CAPTIONS,
    LABELS,
    NO_TEXT,
    Guide,
    blind_guide,
    exact_guide,
    oracle_guide,
    seen_guide,
)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Data shared by runs.

    Attributes
    ----------
    source : the data set with its label sets and subjects, and a guide trained without the held-out images
    cache : folder of views and features
    views : number of views of each image, drawn once; 0 for new views in every epoch
    workers : processes that draw new views
    device : as in `pairbounds.infrastructure.devices.torch_device`
    judged : number of test images at the end of the data set; 0 for a part of all images
    neighbours : number of neighbours in the k-nearest-neighbour classifier
    """

    source: Source
    cache: Path
    views: int = 8
    workers: int = 0
    device: str = "auto"
    judged: int = 0
    neighbours: int = 20

    @property
    def key(self) -> str:
        """Content key of everything that determines a result, except the run."""
        labels = [values.tolist() for values in self.source.labels.values()]
        content = [self.source.dataset.key, self.views, labels]
        if self.judged:
            content.append(self.judged)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def split(self, seed: int) -> Split:
        """The images of each part."""
        return split(self.source.subjects, seed, self.judged)

    @property
    def classes(self) -> IntArray:
        """Classes of the images by the first label set, (n,), for supervision and the oracle."""
        return next(iter(self.source.labels.values()))

    def pictures(self) -> Iterator[torch.Tensor]:
        """All images without augmentation, in blocks of (b, 3, s, s) bytes."""
        return shown_pictures(self.source.dataset, self.cache, self.workers)

    def view_source(self, run: Run) -> ViewSource:
        """Source of the batches of a run."""
        encoder = self.view_encoder(run) if run.view_guide else None
        if not self.views:
            return FreshViews(self.source.dataset, run.strength, encoder, self.workers)
        return view_pool(self.source.dataset, self.views, run.strength, self.cache, encoder)

    def view_encoder(self, run: Run) -> LiveEncoder:
        """Encoder of a run's views, trained without the validation and test images."""
        unseen = np.setdiff1d(np.arange(len(self.source.dataset)), self.split(run.seed).train)
        encoder = self.source.encoder_without(unseen)
        if run.view_guide == NO_TEXT:
            return image_encoders(encoder).get(FROZEN) or EfficientNet(device=self.device)
        return encoder

    def guide(self, run: Run) -> Guide:
        """Guide of a run's rule."""
        if run.guide == LABELS:
            return oracle_guide(self.classes)
        if run.guide == CAPTIONS:
            return exact_guide(self.source.dataset.captions)
        return seen_guide if run.view_guide else blind_guide

    def prepare(self, runs: Sequence[Run]) -> None:
        """Fill the cache with the views and features of the runs, before worker processes read it."""
        next(self.pictures())
        for run in {(run.strength, run.view_guide): run for run in runs}.values():
            if self.views and run.kind != UNTRAINED:
                self.view_source(run)
