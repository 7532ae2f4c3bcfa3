"""One style for all figures: what is measured, what is bounded, and which pairs, look the same everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.typing import LineStyleType

from pairbounds.infrastructure import palette
from pairbounds.infrastructure.palette import GRID, NEUTRAL, VACUOUS

SIZE = 9.0  # points, of text whose size is not said
SETTINGS: dict[str, Any] = {
    "axes.grid": True,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "axes.labelsize": "medium",
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.labelsize": "medium",
    "font.size": SIZE,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.fontsize": "medium",
    "legend.frameon": False,
    "legend.title_fontsize": "medium",
    "pdf.fonttype": 42,  # text that can be edited and searched
    "savefig.dpi": 200,
    "svg.hashsalt": "pairbounds",  # the same picture is the same file
    "xtick.labelsize": "small",
    "ytick.labelsize": "small",
}
SHARPER, LOOSER = (0, (1, 1)), (0, (5, 3, 1, 3, 1, 3))  # dashes of other forms of a theorem, in its colour
SKY = 1e6  # above every axis
COLUMN = 3.4  # inches: the width of a panel


class Look(NamedTuple):
    """Colour, dash and marker of a curve."""

    color: str
    dash: LineStyleType
    marker: str


THEOREMS = {  # the look of each theorem in every figure; those of one panel differ to the colour-blind
    4: Look(palette.VERMILION, "--", "s"),
    6: Look(palette.ROSE, "--", "p"),
    7: Look(palette.INDIGO, "--", "h"),
    15: Look(palette.WINE, ":", "D"),
    16: Look(palette.YELLOW, "-.", "^"),
    17: Look(palette.GREEN, (0, (5, 1, 1, 1)), "v"),
    18: Look(palette.OLIVE, "-.", "<"),
    19: Look(palette.PURPLE, "-.", ">"),
    20: Look(palette.MAGENTA, "--", "*"),
    28: Look(palette.BROWN, "--", "X"),
    34: Look(palette.ORANGE, "--", "P"),
    42: Look(palette.INK, "-", "d"),
    43: Look(palette.TEAL, "--", "H"),
}


@contextmanager
def style(**settings: Any) -> Iterator[None]:
    """The style of all figures, within a block; the backend, other figures and the settings outside are left alone.

    Only these settings differ from matplotlib's and seaborn's own; `settings`, names of rcParams with `_` for `.`, are
    added to them. Of `font_size`, in points, all other sizes of text follow, unless they are set too.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> from pairbounds.figures.style import style
    >>> before = dict(mpl.rcParams)
    >>> with style(font_size=11):
    ...     mpl.rcParams["font.size"], mpl.rcParams["legend.frameon"]
    (11.0, False)
    >>> dict(mpl.rcParams) == before
    True
    """
    added = {name.replace("_", ".", 1): value for name, value in settings.items()}
    with mpl.rc_context():
        sns.set_theme(context="paper", style="ticks", rc=SETTINGS | added)
        yield


def shade_vacuous(axes: Axes, guesses: pd.Series, label_at: float | None = None) -> None:
    """Shade, above, where an upper bound on an error is vacuous: no better than guessing the largest class.

    From the largest of the errors of guessing, which is that of all where the graphs have the same classes. Set the
    limits of the axis yourself. The word is written at `label_at`, if given.
    """
    start = float(guesses.max())
    axes.axhspan(start, SKY, color=VACUOUS, zorder=0)
    if label_at is not None:
        axes.text(label_at, 1.5 * start, "vacuous", color=NEUTRAL, fontsize="small")


def label_line(axes: Axes, x: float, y: float, text: str, color: str, **placement: object) -> None:
    """Name a line where it is, so that nobody hunts for it in a legend."""
    placed = {"ha": "left", "va": "bottom", "fontsize": "small"} | placement
    axes.text(x, y, text, color=color, fontweight="bold", **placed)  # type: ignore[arg-type]  # any of matplotlib's own
