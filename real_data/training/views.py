"""Batches of pictures: from a pool of views drawn once, or fresh ones in every epoch."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader, Sampler
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.infrastructure.array_files import stored_array
from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.inputs import is_there
from pairbounds.infrastructure.processes import serve_loader
from pairbounds.infrastructure.progress import tqdm
from pairbounds.infrastructure.tables import replacing
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import LiveEncoder
from pairbounds.real_data.pairings.views import Reach, views_of
from pairbounds.real_data.resampling.gathering import alone, gather_rows
from pairbounds.real_data.training.changes import changed
from pairbounds.real_data.training.crops import Crops, together
from pairbounds.real_data.training.distributed import own_part

Pixels = npt.NDArray[np.uint8]
STORED = 4 * 2**30  # bytes: of more pictures no copy is written; all views of the emoji at 224 pixels are less


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


def whole(batch: Batch) -> Batch:
    """The images of the whole batch, and what a guide has seen of them, of a batch that is spread over processes.

    The pictures stay this process's own.
    """
    if alone():
        return batch
    device = batch.pictures.device if batch.seen is None else batch.seen.device
    images = gather_rows(torch.from_numpy(batch.images).to(device), 1).cpu().numpy()
    return Batch(images, batch.pictures, None if batch.seen is None else gather_rows(batch.seen, 2))


class ViewSource(ABC):
    """Source of batches: for each process its part of them, of the same draws as if it were alone."""

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
            own = own_part(images)
            at = np.tile(own, views), own_part(chosen).T.ravel()
            seen = None if self.seen is None else torch.from_numpy(self.seen[at])
            yield Batch(own, torch.from_numpy(self.pictures[at]), seen)


@dataclass(frozen=True, eq=False)
class FreshViews(ViewSource):
    """New views in every epoch: crops of the original files by `workers` processes, and all else on a device.

    A file is decoded once for all views of its image in a batch. What a guide sees is what the network does.

    Attributes
    ----------
    dataset : images of one size, which is that of the views; they are cut out of the originals, whatever their size
    strength : of the augmentations, as `pairbounds.real_data.pairings.views.simclr` has it
    guide : an encoder that embeds views as they come, or `None`
    workers : they stay from epoch to epoch; 0 cuts crops in this process
    device : where colours are changed and views blurred, and batches are; as `torch_device` has it

    Raises
    ------
    ValueError
        Images without a common size; a strength outside (0, 1]; as it is drawn from, a picture that cannot be read.
    """

    dataset: ImageTextDataset
    strength: float = 1.0
    guide: LiveEncoder | None = None
    workers: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.dataset.size is None:
            raise ValueError(f"{self.dataset.name}: a network sees images of one size: give the data set one")
        Reach.of(self.strength)

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        loader, sampler = self._loader
        # All at once: how far ahead the processes are decides nothing.
        sampler.work = [
            (own_part(images), own_part(rng.integers(2**63, size=(views, len(images))).T)) for images in batches
        ]
        device = torch_device(self.device)
        for (images, _), (crops, changes) in zip(sampler.work, _in_one_line(loader), strict=True):
            pictures = changed(crops.to(device, non_blocking=True), changes)
            yield Batch(images, pictures, None if self.guide is None else self.guide.see(pictures))

    @cached_property
    def _loader(self) -> tuple[DataLoader[tuple[torch.Tensor, torch.Tensor]], "_Work"]:
        sampler = _Work()
        return (
            DataLoader(
                Crops(self.dataset, self.strength),
                batch_sampler=sampler,
                num_workers=self.workers,
                collate_fn=together,
                pin_memory=torch_device(self.device).type == "cuda",
                persistent_workers=self.workers > 0,
                worker_init_fn=serve_loader,
            ),
            sampler,
        )


def _in_one_line(loader: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Items of a loader; an error of a process without the traceback that torch puts before it."""
    try:
        yield from loader
    except ValueError as error:
        raise ValueError(str(error).rstrip().rpartition("\n")[2].removeprefix("ValueError: ")) from error


class _Work(Sampler[list[tuple[int, list[int]]]]):
    """Work of the loader's processes in an epoch: images, and a seed for each view of each."""

    work: Sequence[tuple[IntArray, IntArray]] = ()

    def __iter__(self) -> Iterator[list[tuple[int, list[int]]]]:
        for images, seeds in self.work:
            yield list(zip(images.tolist(), seeds.tolist(), strict=True))


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


def shown_pictures(dataset: ImageTextDataset, cache: Path) -> "Pixels | DecodedPictures":
    """All images of a data set, (n, 3, s, s): stored where they take at most `STORED`, else decoded when asked for."""
    if _bytes(dataset) <= STORED:
        return stored_pictures(dataset, cache)
    return DecodedPictures(dataset)


def stored_pictures(dataset: ImageTextDataset, cache: Path) -> Pixels:
    """All images of a data set, (n, 3, s, s), mapped from a file in `cache` that is written where it is lacking.

    Raises
    ------
    ValueError
        They take more than `STORED`; a file of something else is in the place.
    """
    if (size := _bytes(dataset)) > STORED:
        raise ValueError(
            f"{len(dataset)} pictures of {dataset.name} would take {size / 1e9:.0f} GB, and at most "
            f"{STORED / 1e9:.1f} GB are stored: draw new views in every epoch (--views 0)"
        )
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


@dataclass(frozen=True, eq=False)
class DecodedPictures:
    """All images of a data set as an array of shape (n, 3, s, s) whose slices are decoded as they are asked for.

    The slice that follows is decoded in the meantime, by as many threads as there are cores.
    """

    dataset: ImageTextDataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, rows: slice) -> Pixels:
        start, stop, step = rows.indices(len(self))
        asked = range(start, stop, step)
        found = self._ahead.pop(asked, None) or self._begun(asked)
        self._ahead.clear()
        if follows := range(stop, min(2 * stop - start, len(self)), step):
            self._ahead[follows] = self._begun(follows)
        return np.stack([one.result() for one in found])

    @cached_property
    def _ahead(self) -> dict[range, list[Future[Pixels]]]:
        return {}

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count())

    def _begun(self, rows: range) -> list[Future[Pixels]]:
        return [self._threads.submit(self._decoded, row) for row in rows]

    def _decoded(self, index: int) -> Pixels:
        pixels: Pixels = pil_to_tensor(self.dataset.image(index)).numpy()
        return pixels


def _bytes(dataset: ImageTextDataset) -> int:
    """Bytes of all its images, decoded."""
    return len(dataset) * 3 * (dataset.size or 0) ** 2
