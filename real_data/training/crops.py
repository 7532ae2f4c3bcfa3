"""The part of drawing views that processes do: an original decoded once, and a random crop of it for each view."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL.Image import Image
from torch.nn.functional import interpolate
from torch.utils.data import Dataset
from torchvision.transforms import RandomResizedCrop

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.pictures import decoded, named
from pairbounds.real_data.pairings.views import Reach
from pairbounds.real_data.training.changes import random_changes

SHAPES = [3 / 4, 4 / 3]  # of crops, width over height
GAP = 2  # pixels decoded, at least, for one of a crop along a side; as Pillow's thumbnails have it
Box = tuple[int, int, int, int]  # upper and left edge, height and width, in pixels


class Crops(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Views of an image by their seeds: their crops, (v, 3, s, s), bytes, and what else is done to each, (v, 11).

    Raises
    ------
    ValueError
        Images without a common size.
    """

    def __init__(self, dataset: ImageTextDataset, reach: Reach) -> None:
        if dataset.size is None:
            raise ValueError(f"{dataset.name}: a network sees images of one size: give the data set one")
        self.dataset, self.reach, self.side = dataset, reach, dataset.size

    def __getitem__(self, drawn: tuple[int, Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        index, seeds = drawn
        boxes, changes = [], []
        with named(self.dataset.files[index]), self.dataset.original(index) as picture:
            with torch.random.fork_rng(devices=[]):  # torchvision draws from the global generator
                for seed in seeds:
                    torch.default_generator.manual_seed(seed)
                    boxes.append(RandomResizedCrop.get_params(picture, [self.reach.area, 1.0], SHAPES))
                    changes.append(random_changes(self.reach))
            crops = cut(picture, boxes, self.side)
        return crops, torch.stack(changes)


def cut(picture: Image, boxes: Sequence[Box], side: int) -> torch.Tensor:
    """Parts of a picture that is not decoded yet, each as `side` x `side` pixels, (v, 3, s, s), bytes.

    By bicubic interpolation with antialiasing, of torch: on a CPU it is several times faster than Pillow's, and within
    two steps of 256 the same. A large JPEG is decoded at a smaller size, where every crop still has `GAP` pixels for
    one of its result: edges are then those of the smaller pixels, and in a test values change by less than one step
    of 256 on average.
    """
    shortest = min(min(height, width) for _, _, height, width in boxes)
    width, height = picture.size
    pixels = torch.from_numpy(np.array(decoded(picture, shortest / (GAP * side)))).permute(2, 0, 1)
    x, y = pixels.shape[2] / width, pixels.shape[1] / height
    parts = [
        pixels[None, :, round(top * y) : round((top + h) * y), round(left * x) : round((left + w) * x)]
        for top, left, h, w in boxes
    ]
    return torch.cat([interpolate(part, (side, side), mode="bicubic", antialias=True) for part in parts])


def together(drawn: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch: the first view of each image, then the second of each."""
    crops, changes = zip(*drawn, strict=True)
    return torch.stack(crops, 1).flatten(0, 1), torch.stack(changes, 1).flatten(0, 1)
