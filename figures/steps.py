"""Checks of bounds along a training run: their curves, and their numbers at its end."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.style import COLUMN, shade_vacuous, sized
from pairbounds.infrastructure.palette import MEASURED


class Curve(NamedTuple):
    """A bound along training, its look and its name."""

    bound: str
    color: str
    dash: LineStyleType
    label: str


def check_panels(
    table: pd.DataFrame,
    panels: Mapping[str, Sequence[Curve]],
    *,
    size: tuple[float, float],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    ylabel: str,
) -> Picture:
    """A panel for each title over the steps of training: the bounds, what they bound, and where they are vacuous.

    Parameters
    ----------
    size : of the picture, in columns
    ylim : values below the lower end, 0 among them, are drawn there
    """
    figsize = (size[0] * COLUMN, size[1] * COLUMN)
    picture, row = plt.subplots(1, len(panels), figsize=figsize, sharex=True, sharey=True)
    for axes, (title, curves) in zip(row, panels.items(), strict=True):
        for one in curves:
            curve(axes, table[table["bound"] == one.bound], "value", one, ylim[0])
        rows = table[table["bound"] == curves[-1].bound]
        curve(axes, rows, "measured", Curve("", MEASURED, "-", "measured"), ylim[0])
        axes.legend(loc="upper right", fontsize=sized(7))
        shade_vacuous(axes, rows["guess"], label_at=0.3 * xlim[1] if axes is row[0] else None)
        axes.set(xscale="log", yscale="log", xlim=xlim, ylim=(ylim[0] / 1.3, ylim[1]), title=title)
        axes.set_xlabel("gradient steps")
    row[0].set_ylabel(ylabel)
    return picture


def curve(axes: Axes, rows: pd.DataFrame, column: str, look: Curve, floor: float) -> None:
    """Draw the median over seeds of a column at each step, and a band from the least to the largest.

    Values below the floor, 0 among them, are drawn there.
    """
    by_step = rows.groupby("step")[column]
    low, middle, high = (by_step.quantile(q).clip(lower=floor) for q in (0, 0.5, 1))
    axes.fill_between(middle.index, low, high, color=look.color, alpha=0.2, linewidth=0)
    axes.plot(middle.index, middle, linestyle=look.dash, color=look.color, linewidth=1.8, label=look.label)


def at_the_end(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Medians over seeds at the last step: value, measured and excess_loss, by the bounds' names."""
    last = table[table["step"] == table["step"].max()].groupby("bound")
    return {
        str(bound): {column: float(rows[column].median()) for column in ("value", "measured", "excess_loss")}
        for bound, rows in last
    }


def violations(table: pd.DataFrame) -> int:
    """The number of checks that are violated."""
    return int((~table["holds"]).sum())
