"""All figures on one page: as they are, in grey, and as red-green blindness has them."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from colorspacious import cspace_convert

from theory.infrastructure.pictures import save_picture

Pixels = npt.NDArray[np.float64]
COLUMNS, INCHES, DPI = 4, 4.0, 130
DEUTERANOPIA = {"name": "sRGB1+CVD", "cvd_type": "deuteranomaly", "severity": 100}  # Machado et al. 2009


def grey(pixels: Pixels) -> Pixels:
    """A print without colours: (h, w, 3) in [0, 1], of equal lightness (CIELAB)."""
    lightness = cspace_convert(pixels, "sRGB1", "CIELab")
    lightness[..., 1:] = 0
    seen: Pixels = np.clip(cspace_convert(lightness, "CIELab", "sRGB1"), 0, 1)
    return seen


def red_green_blind(pixels: Pixels) -> Pixels:
    """What deuteranopia, the most frequent kind, leaves of the colours."""
    seen: Pixels = np.clip(cspace_convert(pixels, DEUTERANOPIA, "sRGB1"), 0, 1)
    return seen


SEEN: dict[str, Callable[[Pixels], Pixels]] = {
    "as_is": lambda pixels: pixels,
    "grey": grey,
    "red_green": red_green_blind,
}


def contact_sheet(pictures: Sequence[Path], seen: str, out: Path) -> Path:
    """Put PNGs on one page, with their names, as one of `SEEN` has them.

    Raises
    ------
    ValueError
        There are no pictures.
    """
    if not pictures:
        raise ValueError("no figures to look at: `make figures` draws them")
    rows = math.ceil(len(pictures) / COLUMNS)
    page, panels = plt.subplots(
        rows, COLUMNS, figsize=(COLUMNS * INCHES, rows * 0.75 * INCHES), squeeze=False, layout="constrained"
    )
    for axes in panels.flat:
        axes.set_axis_off()
    for axes, path in zip(panels.flat, pictures, strict=False):
        axes.imshow(SEEN[seen](plt.imread(path)[..., :3].astype(np.float64)))
        axes.set_title(path.stem, fontsize=8)
    save_picture(page, out, dpi=DPI)
    plt.close(page)
    return out
