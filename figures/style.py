"""Common style of all figures: colours and dashes of theorems, and parts of panels that several figures draw."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.infrastructure import pictures
from pairbounds.infrastructure.pictures import GRID, NEUTRAL, VACUOUS

SIZE = 9.0  # points: default font size
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
    "svg.hashsalt": "pairbounds",  # equal pictures are equal files
    "xtick.labelsize": "small",
    "ytick.labelsize": "small",
}
SHARPER, LOOSER = (0, (1, 1)), (0, (5, 3, 1, 3, 1, 3))  # dashes of other forms of a theorem
SKY = 1e6  # above the range of every axis
COLUMN = 3.4  # inches: width of a panel


class Look(NamedTuple):
    """Colour, dash and marker of a curve."""

    color: str
    dash: LineStyleType
    marker: str


THEOREMS = {  # those in one panel differ for colour-blind readers
    4: Look(pictures.VERMILION, "--", "s"),
    6: Look(pictures.ROSE, "--", "p"),
    7: Look(pictures.INDIGO, "--", "h"),
    15: Look(pictures.WINE, ":", "D"),
    16: Look(pictures.YELLOW, "-.", "^"),
    17: Look(pictures.GREEN, (0, (5, 1, 1, 1)), "v"),
    18: Look(pictures.OLIVE, "-.", "<"),
    19: Look(pictures.PURPLE, "-.", ">"),
    20: Look(pictures.MAGENTA, "--", "*"),
    28: Look(pictures.BROWN, "--", "X"),
    34: Look(pictures.ORANGE, "--", "P"),
    42: Look(pictures.INK, "-", "d"),
    43: Look(pictures.TEAL, "--", "H"),
}


@contextmanager
def style(**settings: Any) -> Iterator[None]:
    """Context with the style of all figures. The backend, other figures and global settings are unchanged.

    `SETTINGS` differ from the defaults of matplotlib and seaborn. `settings` are further rcParams, with the first `.`
    replaced by `_`. All other text sizes scale with `font_size`, in points, unless they are set too.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> from pairbounds.figures.style import COLUMN, number_ticks, plot_spread, style, subplots
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


def subplots(rows: int = 1, columns: int = 1, *, size: tuple[float, float], **options: Any) -> tuple[Picture, Any]:
    """New figure with panels, as `matplotlib.pyplot.subplots`; width and height are multiples of `COLUMN`."""
    width, height = size
    return plt.subplots(rows, columns, figsize=(width * COLUMN, height * COLUMN), **options)


def number_ticks(axes: Axes, *, x: Iterable[float] = (), y: Iterable[float] = ()) -> None:
    """Set ticks labelled by plain numbers, on an axis with values, and remove minor ticks."""
    for axis, values in ((axes.xaxis, [*x]), (axes.yaxis, [*y])):
        if values:
            axis.set_ticks(values, [f"{value:g}" for value in values])
    axes.minorticks_off()


def plot_spread(
    axes: Axes, groups: Any, color: str, *, least: float = -math.inf, alpha: float = 0.2, **line: Any
) -> None:
    """Draw the median of each group as a line, and the range of the groups as a band.

    Parameters
    ----------
    groups : a column of a table, grouped by the values of the horizontal axis
    least : smaller medians and ends of the band are drawn at this value
    alpha : opacity of the band
    line : options of the line
    """
    low, middle, high = (groups.quantile(level).clip(lower=least) for level in (0, 0.5, 1))
    axes.plot(middle, color=color, **line)
    axes.fill_between(middle.index, low, high, color=color, alpha=alpha, linewidth=0)


def shade_vacuous(axes: Axes, guesses: pd.Series, label_at: float | None = None) -> None:
    """Shade the region where an upper bound on an error is vacuous: no better than guessing the largest class.

    The region starts at the largest guessing error in `guesses`. The caller sets the limits of the axis. `label_at` is
    the x of the label "vacuous", if any.
    """
    start = float(guesses.max())
    axes.axhspan(start, SKY, color=VACUOUS, zorder=0)
    if label_at is not None:
        axes.text(label_at, 1.5 * start, "vacuous", color=NEUTRAL, fontsize="small")


def label_line(axes: Axes, x: float, y: float, text: str, color: str, **placement: object) -> None:
    """Label a line directly, instead of in a legend."""
    placed = {"ha": "left", "va": "bottom", "fontsize": "small"} | placement
    axes.text(x, y, text, color=color, fontweight="bold", **placed)  # type: ignore[arg-type]  # any of matplotlib's own
