"""Checks of bounds along a training run: their curves, and their numbers at its end."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.typing import LineStyleType


def curve(axes: Axes, rows: pd.DataFrame, column: str, color: str, dash: LineStyleType, *, floor: float = 2e-3) -> None:
    """Draw the median over seeds of a column at each step, and a band from the least to the largest.

    Values below the floor, 0 among them, are drawn there.
    """
    by_step = rows.groupby("step")[column]
    low, middle, high = (by_step.quantile(q).clip(lower=floor) for q in (0, 0.5, 1))
    axes.fill_between(middle.index, low, high, color=color, alpha=0.2, linewidth=0)
    axes.plot(middle.index, middle, linestyle=dash, color=color, linewidth=1.8)


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
