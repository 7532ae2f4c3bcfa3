"""New views in every epoch, as in SimCLR, drawn by worker processes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import LiveEncoder
from pairbounds.real_data.pairings.augmentations import seeded_view
from pairbounds.real_data.training.view_batches import Batch, ViewSource


@dataclass(frozen=True, eq=False)
class FreshViews(ViewSource):
    """New views in every epoch, drawn from the original files; each file is decoded once for all views of its image.

    A view depends only on its image and its seed, for any number of workers.

    `ValueError`: images without a common size; a picture that cannot be read.

    Attributes
    ----------
    dataset : images of one size, which is that of the views
    strength : strength of the augmentations, as in `simclr`
    guide : encoder for views, or `None`
    workers : processes that draw views; 0 for this process
    """

    dataset: ImageTextDataset
    strength: float = 1.0
    guide: LiveEncoder | None = None
    workers: int = 0

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        work: Any = [(images, rng.integers(2**63, size=(views, len(images))).T) for images in batches]
        loader = DataLoader(
            work,  # a loader needs only length and indexing
            batch_size=None,
            num_workers=self.workers,
            collate_fn=self._drawn,
            generator=torch.Generator(),  # leaves torch's global generator unchanged
        )
        try:
            for images, pictures in zip(batches, loader, strict=True):
                yield Batch(images, pictures, None if self.guide is None else self.guide.see(pictures))
        except ValueError as error:  # a worker's message begins with its traceback
            raise ValueError(str(error).rstrip().rpartition("\n")[2].removeprefix("ValueError: ")) from error

    def _drawn(self, batch: Any) -> torch.Tensor:
        """Views of images, (b,), by their seeds, (b, v): first views, then second views, (v b, 3, s, s), bytes."""
        by_image = [self._views(int(index), seeds) for index, seeds in zip(*batch, strict=True)]
        return torch.stack(by_image, dim=1).flatten(0, 1)

    def _views(self, index: int, seeds: IntArray) -> torch.Tensor:
        picture, side = self.dataset.original(index), self.dataset.side
        views = [seeded_view(picture, side, self.strength, seed) for seed in seeds.tolist()]
        return torch.stack([pil_to_tensor(view) for view in views])
