"""Changes of views after their crops, of whole batches on a device, as SimCLR has them."""

import math

import torch
from kornia.enhance import adjust_hue
from kornia.filters import gaussian_blur2d
from torchvision.transforms import ColorJitter
from torchvision.transforms.v2.functional import rgb_to_grayscale

from pairbounds.real_data.pairings.augmentations import Reach, blur_kernel

AT_ONCE = 512  # views that are changed together: 0.3 GB at 224 pixels, and some copies of it

# The columns of a row of changes. Those of colour are made in an order of their own in every view.
FLIP, BRIGHTNESS, CONTRAST, SATURATION, HUE, GREYED, SIGMA = range(7)
COLOURS = (BRIGHTNESS, CONTRAST, SATURATION, HUE)
ORDER = slice(SIGMA + 1, SIGMA + 1 + len(COLOURS))


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
