"""The part of drawing views that processes do: an original decoded once, and a random crop of it for each view."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL.Image import Image
from torch.nn.functional import interpolate
from torch.utils.data import Dataset

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.pictures import decoded, named
from pairbounds.real_data.pairings.views import Reach
from pairbounds.real_data.training.changes import Box, random_box, random_changes

GAP = 2  # pixels decoded, at least, for one of a crop along a side; as Pillow's thumbnails have it


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
            crops = cut(picture, boxes, side)
        return crops, torch.from_numpy(np.stack([random_changes(self.reach, rng) for rng in generators]))


def cut(picture: Image, boxes: Sequence[Box], side: int) -> torch.Tensor:
    """Parts of a picture that is not decoded yet, each as `side` x `side` pixels, (v, 3, s, s), bytes.

    By bicubic interpolation with antialiasing, of torch: on a CPU it is several times faster than Pillow's, and within
    two steps of 256 the same. A large JPEG is decoded at a smaller size, where every crop still has `GAP` pixels for
    one of its result: edges are then those of the smaller pixels, and in a test values change by less than one step
    of 256 on average.
    """
    shortest = min(min(right - left, lower - upper) for left, upper, right, lower in boxes)
    width, height = picture.size
    pixels = torch.from_numpy(np.array(decoded(picture, shortest / (GAP * side)))).permute(2, 0, 1)
    x, y = pixels.shape[2] / width, pixels.shape[1] / height
    parts = [
        pixels[None, :, round(upper * y) : round(lower * y), round(left * x) : round(right * x)]
        for left, upper, right, lower in boxes
    ]
    return torch.cat([interpolate(part, (side, side), mode="bicubic", antialias=True) for part in parts])


def together(drawn: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch: the first view of each image, then the second of each."""
    crops, changes = zip(*drawn, strict=True)
    return torch.stack(crops, 1).flatten(0, 1), torch.stack(changes, 1).flatten(0, 1)
