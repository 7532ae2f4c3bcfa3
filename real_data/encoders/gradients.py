"""Histograms of oriented gradients: an image encoder without training."""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import Rows, content_key
from pairbounds.real_data.encoders.encoder import ImageEncoder

PIXELS, CELL, ORIENTATIONS = 72, 9, 9
BATCH = 64


class Gradients(ImageEncoder):
    """Square roots of gradient magnitudes, summed by 9 orientations in 8 x 8 cells of 9 x 9 pixels: 576 features.

    The product of two unit rows is the Bhattacharyya coefficient of the two histograms. A picture of a single colour
    has a uniform histogram.

    Source: Dalal and Triggs 2005, without overlapping blocks.
    """

    name = "gradients"
    key = content_key(name, f"{PIXELS} pixels, cells of {CELL}, {ORIENTATIONS} orientations")

    def image_rows(self, dataset: ImageTextDataset) -> Iterator[Rows]:
        """See `ImageEncoder`."""
        for start in range(0, len(dataset), BATCH):
            images = range(start, min(start + BATCH, len(dataset)))
            yield np.stack([_histogram(dataset.image(index)) for index in images])


def _histogram(image: Image.Image) -> Rows:
    grey = np.asarray(ImageOps.fit(image.convert("L"), (PIXELS, PIXELS), Image.Resampling.BICUBIC), dtype=np.float32)
    down, right = np.gradient(grey)
    orientation = np.minimum(np.arctan2(down, right) % np.pi / np.pi * ORIENTATIONS, ORIENTATIONS - 1).astype(np.int64)
    row, column = np.indices(grey.shape) // CELL
    bins = (row * (PIXELS // CELL) + column) * ORIENTATIONS + orientation
    sums = np.bincount(bins.ravel(), np.hypot(down, right).ravel(), minlength=(PIXELS // CELL) ** 2 * ORIENTATIONS)
    return np.sqrt(sums if sums.any() else np.ones_like(sums)).astype(np.float32)
