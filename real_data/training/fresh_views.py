"""New views in every epoch, as SimCLR has them: worker processes cut crops of files, and a device changes batches."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from kornia.enhance import adjust_hue
from kornia.filters import gaussian_blur2d
from PIL.Image import Image
from torch.nn.functional import interpolate
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ColorJitter, RandomResizedCrop
from torchvision.transforms.v2.functional import rgb_to_grayscale

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.devices import torch_device
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import decoded, named
from pairbounds.real_data.encoders.encoder import LiveEncoder
from pairbounds.real_data.pairings.augmentations import Reach, blur_kernel
from pairbounds.real_data.training.view_batches import Batch, ViewSource

SIMCLR = Reach.of(1.0)  # as published
SHAPES = [3 / 4, 4 / 3]  # of crops, width over height
GAP = 2  # pixels decoded, at least, for one of a crop along a side; as Pillow's thumbnails have it
Box = tuple[int, int, int, int]  # upper and left edge, height and width, in pixels
AT_ONCE = 512  # views that are changed together: 0.3 GB at 224 pixels, and some copies of it

# The columns of a row of changes. Those of colour are made in an order of their own in every view.
FLIP, BRIGHTNESS, CONTRAST, SATURATION, HUE, GREYED, SIGMA = range(7)
COLOURS = (BRIGHTNESS, CONTRAST, SATURATION, HUE)
ORDER = slice(SIGMA + 1, SIGMA + 1 + len(COLOURS))


@dataclass(frozen=True, eq=False)
class FreshViews(ViewSource):
    """New views in every epoch, as `drawn_views` draws them; a guide sees what the network does.

    Attributes
    ----------
    dataset : images of one size, which is that of the views
    reach : of the augmentations
    guide : an encoder that embeds views as they come, or `None`
    workers, device : as of `drawn_views`
    """

    dataset: ImageTextDataset
    reach: Reach = SIMCLR
    guide: LiveEncoder | None = None
    workers: int = 0
    device: str = "auto"

    def batches(self, batches: Sequence[IntArray], views: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        work = [(images, rng.integers(2**63, size=(views, len(images))).T) for images in batches]
        drawn = drawn_views(self.dataset, self.reach, work, self.workers, self.device)
        for (images, _), pictures in zip(work, drawn, strict=True):
            yield Batch(images, pictures, None if self.guide is None else self.guide.see(pictures))


def drawn_views(
    dataset: ImageTextDataset,
    reach: Reach,
    work: Sequence[tuple[IntArray, IntArray]],
    workers: int = 0,
    device: str = "auto",
) -> Iterator[torch.Tensor]:
    """SimCLR's views of sets of images, (v b, 3, s, s), bytes: the first view of each image, then the second of each.

    Processes cut crops out of the original files, whatever their size, and decode a file once for all views of its
    image; all other changes are made on a device. A view follows from its seed alone: it is the same in whatever batch
    and on however many processes it is drawn, and on another device up to rounding.

    Parameters
    ----------
    dataset : images of one size, which is that of the views
    work : for each batch its images, (b,), and the seeds of their views, (b, v)
    workers : processes that decode and crop; 0 for this one
    device : of the views, as `pairbounds.infrastructure.devices.torch_device` has it

    Raises
    ------
    ValueError
        Images without a common size; a picture that cannot be read.
    """
    place = torch_device(device)
    loader = DataLoader(
        Crops(dataset, reach),
        batch_sampler=(list(zip(images.tolist(), seeds.tolist(), strict=True)) for images, seeds in work),
        num_workers=workers,
        collate_fn=_joined,
        pin_memory=place.type == "cuda",
        generator=torch.Generator(),  # of its own: torch's global one stays as it is
    )
    try:
        for crops, changes in loader:
            yield changed(crops.to(place, non_blocking=True), changes)
    except ValueError as error:  # of a process it comes after a traceback
        raise ValueError(str(error).rstrip().rpartition("\n")[2].removeprefix("ValueError: ")) from error


class Crops(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Views of an image by their seeds: their crops, (v, 3, s, s), bytes, and what else is done to each, (v, 11).

    Raises
    ------
    ValueError
        Images without a common size.
    """

    def __init__(self, dataset: ImageTextDataset, reach: Reach) -> None:
        self.dataset, self.reach, self.side = dataset, reach, dataset.side

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


def _joined(drawn: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch: the first view of each image, then the second of each."""
    crops, changes = zip(*drawn, strict=True)
    return torch.stack(crops, 1).flatten(0, 1), torch.stack(changes, 1).flatten(0, 1)


def random_changes(reach: Reach) -> torch.Tensor:
    """Changes to a view, a row with the columns above, from torch's generator; a blur of width 0 is none."""
    row = torch.zeros(ORDER.stop)
    shares = torch.tensor([0.5, reach.jittered, reach.grey, reach.blurred])
    row[FLIP], jittered, row[GREYED], blurred = torch.rand(4) < shares
    if jittered:
        factors = [max(0.0, 1 - reach.colour), 1 + reach.colour]
        order, *changes = ColorJitter.get_params(factors, factors, factors, [-reach.hue, reach.hue])
        row[ORDER], row[BRIGHTNESS : HUE + 1] = order + BRIGHTNESS, torch.tensor(changes)
    if blurred:
        row[SIGMA] = torch.empty(1).uniform_(*reach.blur)
    return row


def changed(crops: torch.Tensor, changes: torch.Tensor) -> torch.Tensor:
    """Views: crops flipped, in other colours, without colour, blurred, as each one's row says.

    Parameters
    ----------
    crops : (b, 3, s, s), bytes, on any device
    changes : (b, 11), on the CPU: it decides which rows are changed, and nothing waits for a device to know

    Returns
    -------
    (b, 3, s, s), bytes, on the device of the crops

    Notes
    -----
    Between two changes values are floats, cut to [0, 1]; torchvision rounds pictures of Pillow to bytes each time.
    """
    parts = zip(torch.split(crops, AT_ONCE), torch.split(changes, AT_ONCE), strict=True)
    return torch.cat([_changed(part, rows) for part, rows in parts])


def _changed(crops: torch.Tensor, changes: torch.Tensor) -> torch.Tensor:
    x, on_device = crops.float() / 255, changes.to(crops.device, torch.float32, non_blocking=True)

    def rows_where(chosen: torch.Tensor) -> torch.Tensor:
        return chosen.nonzero().squeeze(1).to(crops.device, non_blocking=True)

    rows = rows_where(changes[:, FLIP] > 0)
    x[rows] = x[rows].flip(-1)
    for place in changes[:, ORDER].T:
        for colour in COLOURS:
            rows = rows_where(place == colour)
            if len(rows):
                x[rows] = _coloured(x[rows], colour, on_device[rows, colour]).clamp_(0, 1)
    rows = rows_where(changes[:, GREYED] > 0)
    x[rows] = rgb_to_grayscale(x[rows], 3)
    rows = rows_where(changes[:, SIGMA] > 0)
    if len(rows):
        side = blur_kernel(x.shape[-1])
        x[rows] = gaussian_blur2d(x[rows], (side, side), on_device[rows, SIGMA, None].expand(-1, 2))
    return (255 * x).round_().clamp_(0, 255).byte()


def _coloured(x: torch.Tensor, colour: int, factor: torch.Tensor) -> torch.Tensor:
    if colour == HUE:
        turned: torch.Tensor = adjust_hue(x, 2 * math.pi * factor)
        return turned
    factor = factor[:, None, None, None]
    if colour == BRIGHTNESS:
        return x * factor
    grey = rgb_to_grayscale(x, 1)
    return torch.lerp(grey if colour == SATURATION else grey.mean((1, 2, 3), keepdim=True), x, factor)
