"""All figures on one page: in colours, in grey, and to red-green blindness."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import typer

from pairbounds.figures.figure import found
from pairbounds.infrastructure.commandline import run, say
from pairbounds.infrastructure.inputs import is_there
from pairbounds.infrastructure.pictures import save_picture

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Pixels = npt.NDArray[np.float64]
COLUMNS, INCHES, DPI = 4, 4.0, 130
DEUTERANOPIA = {"name": "sRGB1+CVD", "cvd_type": "deuteranomaly", "severity": 100}  # Machado et al. 2009


def grey(pixels: Pixels) -> Pixels:
    """A print without colours: (h, w, 3) in [0, 1], of equal lightness (CIELAB)."""
    from colorspacious import cspace_convert  # only those who develop have it; every module here is loaded to draw

    lightness = cspace_convert(pixels, "sRGB1", "CIELab")
    lightness[..., 1:] = 0
    seen: Pixels = np.clip(cspace_convert(lightness, "CIELab", "sRGB1"), 0, 1)
    return seen


def red_green_blind(pixels: Pixels) -> Pixels:
    """What deuteranopia, the most frequent kind, leaves of the colours."""
    from colorspacious import cspace_convert

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


@app.command()
def contact_sheets(
    pictures: Annotated[Path, typer.Option(help="Folder of the figures.")] = Path("build/figures"),
    out: Annotated[Path, typer.Option(help="Folder for the three pages.")] = Path("build/contact_sheet"),
) -> None:
    """Put all figures on a page: as they are, in grey, and as a reader sees them who is blind to red and green.

    Takes half a minute.
    """
    there = [path for name in found() if is_there(path := pictures / f"{name}.png", "figure")]
    out.mkdir(parents=True, exist_ok=True)
    for seen in SEEN:
        say(contact_sheet(there, seen, out / f"{seen}.png"))


if __name__ == "__main__":
    run(app)
