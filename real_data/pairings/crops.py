"""Images as a few pixels, and the crops that a view could be: a likeness of view and image without an encoder."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from PIL.Image import Image, Resampling, Transpose

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import Rows, content_key, stored_rows
from pairbounds.real_data.pairings.similarities import Single

SIDE = 12  # pixels
SIDES = (1.0, 0.8, 0.6, 0.4)  # of a crop, as a fraction of the image's


def pixel_rows(dataset: ImageTextDataset, cache: Path | None) -> FloatArray:
    """All images as `few_pixels`, (n, 3 SIDE²); kept in `cache`, or nowhere if it is `None`."""
    place = cache and cache / f"pixels-{dataset.name}-{content_key(str(SIDE), dataset.key)}"

    def rows_from(start: int) -> Iterator[Rows]:
        for index in range(start, len(dataset)):
            yield few_pixels(dataset.image(index))[None]

    return stored_rows(place, len(dataset), rows_from)


def few_pixels(image: Image, box: tuple[float, float, float, float] | None = None) -> Single:
    """A part of an image (all of it by default) as `SIDE` x `SIDE` colours in [0, 1], flat, (3 SIDE²,)."""
    small = image.convert("RGB").resize((SIDE, SIDE), Resampling.BOX, box)
    return np.asarray(small, dtype=np.float32).ravel() / np.float32(255)


def crops(image: Image) -> Single:
    """A grid of crops of an image and of its mirror image, each as `few_pixels`, (c, 3 SIDE²).

    A crop of side f is laid at steps of at most half its own side: 1 + 4 + 9 + 16 places for the four sides.
    """
    mirrored = image.transpose(Transpose.FLIP_LEFT_RIGHT)
    return np.stack([few_pixels(one, box) for one in (image, mirrored) for box in _boxes(*image.size)])


def _boxes(width: int, height: int) -> Iterator[tuple[float, float, float, float]]:
    for places, side in enumerate(SIDES, start=1):
        starts = np.linspace(0, 1 - side, places)
        for x, y in product(starts, starts):
            yield x * width, y * height, (x + side) * width, (y + side) * height
