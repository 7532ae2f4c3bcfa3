"""The part of drawing views that processes do: an original decoded once, and a random crop of it for each view."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.data import Dataset
from torchvision.transforms.v2.functional import pil_to_tensor

from real_data.datasets import ImageTextDataset
from real_data.datasets.pictures import cut, named
from real_data.pairings.views import Reach
from real_data.training.changes import random_box, random_changes


class Crops(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Views of an image by their seeds: their crops, (v, 3, s, s), bytes, and what else is done to each, (v, 11).

    Parameters
    ----------
    dataset : images of one size
    strength : of the augmentations
    """

    def __init__(self, dataset: ImageTextDataset, strength: float) -> None:
        self.dataset, self.reach = dataset, Reach.of(strength)

    def __getitem__(self, drawn: tuple[int, Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        index, seeds = drawn
        side = self.dataset.size
        assert side is not None
        generators = [np.random.default_rng(seed) for seed in seeds]
        with named(self.dataset.files[index]), self.dataset.original(index) as picture:
            boxes = [random_box(*picture.size, self.reach.area, rng) for rng in generators]
            crops = torch.stack([pil_to_tensor(part) for part in cut(picture, boxes, side)])
        return crops, torch.from_numpy(np.stack([random_changes(self.reach, rng) for rng in generators]))


def together(drawn: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch: the first view of each image, then the second of each."""
    crops, changes = zip(*drawn, strict=True)
    return torch.stack(crops, 1).flatten(0, 1), torch.stack(changes, 1).flatten(0, 1)
