"""SimCLR's views in two steps: crops of decoded pictures by processes, all other changes of a batch on a device.

What is done to a view follows from its own seed alone, so that a view is the same in whatever batch and on however many
processes it is drawn, and on another device the same up to rounding. The published transforms are those of
`pairbounds.real_data.pairings.views.simclr`, which draws every view on a CPU; crops here are bicubic, as in the
published code.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from kornia.enhance import adjust_hue
from kornia.filters import gaussian_blur2d

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.pairings.views import Reach, blur_kernel

NARROWEST, WIDEST = math.log(3 / 4), math.log(4 / 3)  # crops, width over height
TRIES = 10  # for a crop, before all of the picture is taken
Box = tuple[int, int, int, int]  # left, upper, right and lower edge, in pixels
GREY = (0.2989, 0.587, 0.114)  # of red, green and blue, as torchvision has it
AT_ONCE = 512  # views that are changed together: 0.3 GB at 224 pixels, and some copies of it

# The columns of a row of changes. Those of colour are made in an order of their own in every view.
FLIP, BRIGHTNESS, CONTRAST, SATURATION, HUE, GREYED, SIGMA = range(7)
COLOURS = (BRIGHTNESS, CONTRAST, SATURATION, HUE)
ORDER = slice(SIGMA + 1, SIGMA + 1 + len(COLOURS))


def random_box(width: int, height: int, least: float, rng: np.random.Generator) -> Box:
    """A part of a picture: left, upper, right and lower edge; its area even in [least, 1], its shape in 3:4 to 4:3.

    Source: the random resized crop of Inception (Szegedy et al. 2015) as torchvision draws it, what does not fit after
    `TRIES` included: then as much of the middle as has such a shape.
    """
    for _ in range(TRIES):
        area = width * height * rng.uniform(least, 1)
        shape = math.exp(rng.uniform(NARROWEST, WIDEST))
        w, h = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if 0 < w <= width and 0 < h <= height:
            left, upper = int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1))
            return left, upper, left + w, upper + h
    shape = min(max(width / height, math.exp(NARROWEST)), math.exp(WIDEST))
    w, h = min(width, round(height * shape)), min(height, round(width / shape))
    left, upper = (width - w) // 2, (height - h) // 2
    return left, upper, left + w, upper + h


def random_changes(reach: Reach, rng: np.random.Generator) -> FloatArray:
    """Changes to a view after its crop, a row with the columns above; a blur of width 0 is none."""
    row = np.zeros(ORDER.stop)
    row[FLIP] = rng.random() < 0.5
    row[[BRIGHTNESS, CONTRAST, SATURATION]] = 1
    factors, hue = rng.uniform(max(0.0, 1 - reach.colour), 1 + reach.colour, 3), rng.uniform(-reach.hue, reach.hue)
    row[ORDER] = rng.permutation(COLOURS)
    if rng.random() < reach.jittered:
        row[[BRIGHTNESS, CONTRAST, SATURATION]], row[HUE] = factors, hue
    else:
        row[ORDER] = 0  # none of them is made
    row[GREYED] = rng.random() < reach.grey
    sigma = rng.uniform(*reach.blur)
    row[SIGMA] = sigma if rng.random() < reach.blurred else 0
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
    return torch.cat([_Views(part, rows).made() for part, rows in parts])


@dataclass(eq=False)
class _Views:
    """Views on their way; `pictures` are bytes first, then floats in [0, 1]."""

    pictures: torch.Tensor
    changes: torch.Tensor

    def made(self) -> torch.Tensor:
        x = self.pictures.float() / 255
        rows = self.where(self.changes[:, FLIP] > 0)
        x[rows] = x[rows].flip(-1)
        for place in self.changes[:, ORDER].T:
            for colour in COLOURS:
                rows = self.where(place == colour)
                if len(rows):
                    x[rows] = self.coloured(x[rows], colour, rows).clamp_(0, 1)
        rows = self.where(self.changes[:, GREYED] > 0)
        x[rows] = _grey(x[rows]).expand(-1, 3, -1, -1)
        rows = self.where(self.changes[:, SIGMA] > 0)
        if len(rows):
            side = blur_kernel(x.shape[-1])
            x[rows] = gaussian_blur2d(x[rows], (side, side), self.on_device[rows, SIGMA, None].expand(-1, 2))
        return (255 * x).round_().clamp_(0, 255).byte()

    @cached_property
    def on_device(self) -> torch.Tensor:
        return self.changes.to(self.pictures.device, torch.float32, non_blocking=True)

    def where(self, chosen: torch.Tensor) -> torch.Tensor:
        return chosen.nonzero().squeeze(1).to(self.pictures.device, non_blocking=True)

    def coloured(self, x: torch.Tensor, colour: int, rows: torch.Tensor) -> torch.Tensor:
        factor = self.on_device[rows, colour]
        if colour == HUE:
            turned: torch.Tensor = adjust_hue(x, 2 * math.pi * factor)
            return turned
        factor = factor[:, None, None, None]
        if colour == BRIGHTNESS:
            return x * factor
        plain = _grey(x) if colour == SATURATION else _grey(x).mean((1, 2, 3), keepdim=True)
        return torch.lerp(plain, x, factor)


def _grey(x: torch.Tensor) -> torch.Tensor:
    weights = torch.tensor(GREY).to(x.device, non_blocking=True).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True)
