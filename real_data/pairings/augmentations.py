"""SimCLR's augmentations, at any strength, and the views of a data set as a data set."""

from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache

import numpy as np
import torch
from PIL.Image import Image
from torchvision.transforms import v2

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import Picture, open_picture
from pairbounds.real_data.encoders.cache import content_key

LEAST_AREA = 0.08  # minimum area of a crop at strength 1
COLOUR, HUE = 0.8, 0.2  # largest changes of brightness, contrast and saturation, and of hue, at strength 1
KEPT = 2_048  # cached views, since several encoders read the same views

_picture = lru_cache(maxsize=1)(open_picture)  # views of one image are drawn in sequence


@dataclass(frozen=True, eq=False, repr=False)
class Views(ImageTextDataset):
    """Augmented views of images, several of each in sequence, determined by the seed and the view's id."""

    strength: float = 1.0
    seed: int = 0

    def image(self, index: int) -> Image:
        """A view, in RGB."""
        view_seed = int(content_key(str(self.seed), str(self.strength), self.ids[index])[:15], 16)
        return _drawn(self.files[index], self.side, self.strength, view_seed).copy()

    @cached_property
    def key(self) -> str:
        """Content key of the images and the augmentation."""
        return content_key(super().key, str(self.seed), str(self.strength))


@lru_cache(maxsize=KEPT)
def _drawn(file: Picture, size: int, strength: float, seed: int) -> Image:
    return seeded_view(_picture(file, size), size, strength, seed)


def seeded_view(picture: Image, pixels: int, strength: float, seed: int) -> Image:
    """View of a picture by `simclr`, `pixels` x `pixels`, determined by a seed."""
    # torchvision uses the CPU's global generator, so its state is restored. Seeding this generator is 40 times as fast
    # as `torch.manual_seed`, which seeds the generators of every device.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        view: Image = simclr(pixels, strength)(picture)
    return view


def views_of(dataset: ImageTextDataset, count: int, strength: float, seed: int) -> Views:
    """Data set of `count` independent views of each image; those of image i start at index `i * count`."""
    values = {field.name: getattr(dataset, field.name) for field in fields(dataset)}
    values |= dataset.entries(np.repeat(np.arange(len(dataset)), count))
    ids = tuple(f"{image}/view {number % count}" for number, image in enumerate(values["ids"]))
    named = {"name": f"{dataset.name}-views", "ids": ids}
    return Views(**(values | named), strength=strength, seed=seed)


@cache
def simclr(pixels: int, strength: float = 1.0) -> v2.Transform:
    """SimCLR's transforms: random resized crop, flip, colour jitter, greyscale, blur; to `pixels` x `pixels`.

    `strength` scales the size of the changes, not their probability: the area outside a crop, the changes of colour
    and the width of the blur. Strength 1 is the published one; near 0 only flips and greyscale remain.

    `ValueError`: a strength outside (0, 1].

    Source: Chen, Kornblith, Norouzi and Hinton 2020, appendix A, with colour strength 1.
    """
    if not 0 < strength <= 1:
        raise ValueError(f"strength={strength!r} must be in (0, 1]: 1 is SimCLR's")
    colour, kernel = COLOUR * strength, pixels // 10 | 1  # odd, a tenth of the view
    return v2.Compose(
        [
            v2.RandomResizedCrop(pixels, scale=(1 - strength * (1 - LEAST_AREA), 1.0), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(colour, colour, colour, HUE * strength)], p=0.8),
            v2.RandomGrayscale(0.2),
            v2.RandomApply([v2.GaussianBlur(kernel, (0.1, 0.1 + 1.9 * strength))], p=0.5),
        ]
    )
