"""Batches of views of images: from a fixed pool, or new in every epoch, as in SimCLR."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.inputs import stored_array
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import ImageEncoder, LiveEncoder, picture_batches
from pairbounds.real_data.pairings.augmentations import seeded_view, views_of

Pixels = npt.NDArray[np.uint8]
STORED = 4 * 2**30  # maximum bytes of a stored copy, enough for all views of the emoji at 224 pixels
BLOCK = 256  # pictures in a block for features


@dataclass(frozen=True, eq=False)
class Batch:
    """Views of some images: the first view of each, then the second of each, if there are two.

    Attributes
    ----------
    images : (B,), indices of the images in the data set
    pictures : (B or 2B, 3, s, s), bytes
    guide_features : (B or 2B, g), a guide's features of the views; `None` without a guide
    """

    images: IntArray
    pictures: torch.Tensor
    guide_features: torch.Tensor | None


class ViewSource(ABC):
    """Source of batches."""

    @abstractmethod
    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """A batch for each set of images, with one or two different views of each image, determined by `rng`."""


@dataclass(frozen=True, eq=False)
class ViewPool(ViewSource):
    """A fixed pool of views of each image, (n, v, 3, s, s), bytes, with a guide's features of them, (n, v, g)."""

    pictures: Pixels
    guide_features: npt.NDArray[np.float32] | None = None

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        for images in batches:
            chosen = rng.permuted(np.tile(np.arange(self.pictures.shape[1]), (len(images), 1)), axis=1)[:, :views]
            entries = np.tile(images, views), chosen.T.ravel()
            guide = None if self.guide_features is None else torch.from_numpy(self.guide_features[entries])
            yield Batch(images, torch.from_numpy(self.pictures[entries]), guide)


def view_pool(
    dataset: ImageTextDataset, count: int, strength: float, cache: Path, guide: ImageEncoder | None = None
) -> ViewPool:
    """Pool of `count` views of each image, with a guide's features, stored in `cache` for all training processes.

    `ValueError`: images without a common size, a strength outside (0, 1].
    """
    views = views_of(dataset, count, strength, seed=0)
    pictures = stored_pictures(views, cache)
    pool = pictures.reshape(len(dataset), count, *pictures.shape[1:])
    if guide is None:
        return ViewPool(pool)
    features = guide.encode_images(views, cache).astype(np.float32)
    return ViewPool(pool, features.reshape(len(dataset), count, -1))


@dataclass(frozen=True, eq=False)
class FreshViews(ViewSource):
    """New views in every epoch, drawn from the original files; each file is decoded once for all views of its image.

    A view depends only on its image and its seed, for any number of workers.

    `ValueError`: images without a common size; a picture that cannot be read.
    """

    dataset: ImageTextDataset  # its size is that of the views
    strength: float = 1.0
    guide: LiveEncoder | None = None
    workers: int = 0  # processes that draw views; 0 for this process

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


def shown_pictures(dataset: ImageTextDataset, cache: Path, workers: int = 0) -> Iterator[torch.Tensor]:
    """All images of a data set, (`BLOCK`, 3, s, s), bytes, block after block.

    They are stored if they take at most `STORED`, else decoded by `workers` processes, or by this process if 0.
    """
    if _bytes(dataset) > STORED:
        yield from picture_batches(dataset, pil_to_tensor, BLOCK, workers, torch.device("cpu"))
        return
    stored = stored_pictures(dataset, cache)
    for start in range(0, len(stored), BLOCK):
        yield torch.from_numpy(np.array(stored[start : start + BLOCK]))


def stored_pictures(dataset: ImageTextDataset, cache: Path) -> Pixels:
    """All images of a data set, (n, 3, s, s), memory-mapped from a file in `cache`, which is written if missing.

    `ValueError`: they take more than `STORED`; an invalid file.
    """
    if (size := _bytes(dataset)) > STORED:
        raise ValueError(
            f"{len(dataset)} pictures of {dataset.name} would take {size / 1e9:.0f} GB, and at most "
            f"{STORED / 1e9:.1f} GB are stored: draw new views in every epoch (`views=0`)"
        )
    path = cache / f"pictures-{dataset.name}-{dataset.key}.npy"
    shape = (len(dataset), *pil_to_tensor(dataset.image(0)).shape)
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        # Not mapped, because writing to a map kills the process if the disk is full.
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
            for index in Bar(range(len(dataset)), desc=f"drawing {dataset.name}", unit="picture"):
                file.write(pil_to_tensor(dataset.image(index)).numpy().tobytes())
    stored = stored_array(path, "pictures", "delete the file")
    if stored.dtype != np.uint8 or stored.shape != shape:
        raise ValueError(f"pictures {path} are {stored.dtype} of shape {stored.shape}: delete the file")
    return stored


def _bytes(dataset: ImageTextDataset) -> int:
    """Bytes of all decoded images."""
    return len(dataset) * 3 * (dataset.size or 0) ** 2
