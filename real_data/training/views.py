"""Batches of pictures: from a pool of views drawn once, or fresh ones in every epoch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.v2.functional import pil_to_tensor

from real_data.datasets import ImageTextDataset
from real_data.encoders.encoder import LiveEncoder
from real_data.pairings.views import simclr, views_of
from theory.infrastructure.array_files import stored_array
from theory.infrastructure.arrays import FloatArray, IntArray
from theory.infrastructure.inputs import is_there
from theory.infrastructure.processes import serve_loader
from theory.infrastructure.progress import tqdm
from theory.infrastructure.tables import replacing

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Batch:
    """Views of some images: the first view of each, then the second of each, if there are two.

    Attributes
    ----------
    images : (B,), their indices in the data set
    pictures : (B or 2B, 3, s, s), bytes
    seen : (B or 2B, g), a guide's features of the views; `None` without a guide
    """

    images: IntArray
    pictures: torch.Tensor
    seen: torch.Tensor | None


class ViewSource(ABC):
    """Where batches come from."""

    @abstractmethod
    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """A batch of each set of images, with one or two different views of each; the same for the same `rng`."""


@dataclass(frozen=True, eq=False)
class ViewPool(ViewSource):
    """A number of views of each image, drawn once, and what a guide sees of each.

    Attributes
    ----------
    pictures : (n, v, 3, s, s), bytes
    seen : (n, v, g), or `None` without a guide
    """

    pictures: Pixels
    seen: npt.NDArray[np.float32] | None = None

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        for images in batches:
            chosen = rng.permuted(np.tile(np.arange(self.pictures.shape[1]), (len(images), 1)), axis=1)[:, :views]
            at = np.tile(images, views), chosen.T.ravel()
            seen = None if self.seen is None else torch.from_numpy(self.seen[at])
            yield Batch(images, torch.from_numpy(self.pictures[at]), seen)


@dataclass(frozen=True, eq=False)
class FreshViews(ViewSource):
    """New views in every epoch, prepared by `workers` processes; what a guide sees of them is computed on the way.

    Attributes
    ----------
    dataset : images of one size
    strength : of the augmentations, as `real_data.pairings.views.simclr` has it
    guide : an encoder that embeds views as they come, or `None`
    workers : 0 prepares them in this process
    """

    dataset: ImageTextDataset
    strength: float = 1.0
    guide: LiveEncoder | None = None
    workers: int = 0

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        seeds = [rng.integers(2**63, size=(views, len(images))) for images in batches]
        work = [
            [(int(image), int(own)) for row in drawn for image, own in zip(images, row, strict=True)]
            for images, drawn in zip(batches, seeds, strict=True)
        ]
        loader = DataLoader(_Views(self), batch_sampler=work, num_workers=self.workers, worker_init_fn=serve_loader)
        for images, (pictures, prepared) in zip(batches, loader, strict=True):
            seen = None if self.guide is None else torch.from_numpy(self.guide.embed(prepared))
            yield Batch(images, pictures, seen)


class _Views(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """A view by its image and its own seed: as the network sees it, and as the guide does."""

    def __init__(self, source: FreshViews) -> None:
        size = source.dataset.size
        if size is None:
            raise ValueError(f"{source.dataset.name}: a network sees images of one size: give the data set one")
        self.source, self.transform = source, simclr(size, source.strength)

    def __getitem__(self, drawn: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        image, own = drawn
        with torch.random.fork_rng(devices=[]):  # torchvision draws from the global generator
            torch.manual_seed(own)
            view = self.transform(self.source.dataset.image(image))
        guide = self.source.guide
        return pil_to_tensor(view), torch.empty(0) if guide is None else guide.prepare(view)


def require_two(views: int) -> None:
    """Raise a `ValueError` if so many views of an image make no pair."""
    if views < 2:
        raise ValueError(f"views={views}: a positive pair takes two")


def view_pool(
    dataset: ImageTextDataset, count: int, strength: float, cache: Path, seen: FloatArray | None = None
) -> ViewPool:
    """`count` views of each image, kept in `cache` and read from there by every process that trains on them.

    They are those of `views_of(dataset, count, strength, seed=0)`: whoever encodes that data set sees the same.

    Parameters
    ----------
    seen : (n count, g), a guide's features of those views

    Raises
    ------
    ValueError
        Images without a common size, fewer than two views, a strength outside (0, 1], features that do not fit.
    """
    require_two(count)
    views = views_of(dataset, count, strength, seed=0)
    pictures = stored_pictures(views, cache)
    pool = pictures.reshape(len(dataset), count, *pictures.shape[1:])
    return ViewPool(pool, None if seen is None else seen.astype(np.float32).reshape(len(dataset), count, -1))


def stored_pictures(dataset: ImageTextDataset, cache: Path) -> Pixels:
    """All images of a data set, (n, 3, s, s), mapped from a file in `cache` that is written where it is lacking."""
    path = cache / f"pictures-{dataset.name}-{dataset.key}.npy"
    shape = (len(dataset), *pil_to_tensor(dataset.image(0)).shape)
    if not is_there(path, "pictures"):
        cache.mkdir(parents=True, exist_ok=True)
        # Not mapped: a write into a map kills the process where the disk is full.
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
            for index in tqdm(range(len(dataset)), desc=f"drawing {dataset.name}", unit="picture"):
                file.write(pil_to_tensor(dataset.image(index)).numpy().tobytes())
    stored = stored_array(path, "pictures", "delete the file")
    if stored.dtype != np.uint8 or stored.shape != shape:
        raise ValueError(f"pictures {path} are {stored.dtype} of shape {stored.shape}: delete the file")
    return stored
