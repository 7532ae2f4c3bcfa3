"""Base classes of encoders, from images, texts or both to rows of features."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch.utils.data import DataLoader

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import FEATURES, Rows, content_key, stored_rows


class ImageEncoder(ABC):
    """An encoder of images, with its name in folders and tables.

    `key` is the content key of model, weights, preprocessing and precision.
    """

    name: str
    key: str

    @abstractmethod
    def image_rows(self, dataset: ImageTextDataset) -> Iterator[Rows]:
        """Features of the images in their order, batch by batch, (b, width) each."""

    def encode_images(self, dataset: ImageTextDataset, cache: Path | None = FEATURES) -> FloatArray:
        """Features of all images, (n, width), rows of unit length; stored in `cache` unless it is `None`."""
        folder = cache and cache / f"{self.name}-{dataset.name}-{content_key(self.key, dataset.key)}"
        return unit_rows(
            stored_rows(folder, len(dataset), lambda start: self.image_rows(dataset.take(range(start, len(dataset)))))
        )


class LiveEncoder(ImageEncoder):
    """An encoder that can also embed pictures outside a data set, such as fresh views."""

    batch_size = 64  # images of a data set
    device = torch.device("cpu")

    @abstractmethod
    def prepare(self, image: Image.Image) -> torch.Tensor:
        """Preprocess an image for `embed`."""

    @abstractmethod
    def embed(self, batch: torch.Tensor) -> Rows:
        """Features of prepared images, (b, ...) to (b, width)."""

    def image_rows(self, dataset: ImageTextDataset) -> Iterator[Rows]:
        """See `ImageEncoder`."""
        for batch in picture_batches(dataset, self.prepare, self.batch_size, 0, self.device):
            yield self.embed(batch)

    def see(self, pictures: torch.Tensor) -> torch.Tensor:
        """Features of a batch of pictures, (b, 3, s, s), bytes, to (b, width), on the device of the pictures."""
        prepared = torch.stack(
            [self.prepare(Image.fromarray(picture)) for picture in pictures.cpu().permute(0, 2, 3, 1).numpy()]
        )
        return torch.from_numpy(self.embed(prepared)).to(pictures.device)


class TextEncoder(ABC):
    """An encoder of texts; attributes as in `ImageEncoder`."""

    name: str
    key: str

    @abstractmethod
    def text_rows(self, texts: Sequence[str]) -> Iterator[Rows]:
        """Features of the texts in their order, batch by batch, (b, width) each."""

    def encode_texts(self, texts: Sequence[str], cache: Path | None = FEATURES) -> FloatArray:
        """Features of all texts, (n, width), rows of unit length; stored in `cache` unless it is `None`."""
        folder = cache and cache / f"{self.name}-texts-{content_key(self.key, *texts)}"
        return unit_rows(stored_rows(folder, len(texts), lambda start: self.text_rows(texts[start:])))


class DualEncoder(LiveEncoder, TextEncoder):
    """An encoder of images and texts into one space: their products are cosine similarities."""


def unit_rows(rows: npt.NDArray[np.floating[Any]]) -> npt.NDArray[Any]:
    """Rows scaled to unit length.

    `ValueError`: a row that is zero or not finite.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    bad = np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))
    if bad.size:
        raise ValueError(f"{bad.size} rows of features are zero or not finite, first row {bad[0]}: check the encoder")
    return np.asarray(rows / lengths)


def picture_batches(
    dataset: ImageTextDataset, transform: Any, batch_size: int, workers: int, device: torch.device
) -> Iterator[torch.Tensor]:
    """The images as tensors on a device, in order; `workers` processes prepare them, or this process if 0."""
    numbers: Any = range(len(dataset))  # a loader needs only length and indexing
    prepare = partial(_prepared, dataset, transform)
    for batch in DataLoader(
        numbers, batch_size, num_workers=workers, collate_fn=prepare, pin_memory=device.type == "cuda"
    ):
        yield batch.to(device, non_blocking=True, memory_format=torch.channels_last)


def _prepared(dataset: ImageTextDataset, transform: Any, images: Sequence[int]) -> torch.Tensor:
    return torch.stack([transform(dataset.image(index)) for index in images])
