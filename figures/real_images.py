"""*Real images*: bounds and error on emoji captions against k."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import SHARPER, THEOREMS, Look, label_line, number_ticks, shade_vacuous, subplots
from pairbounds.figures.summaries import rows_of
from pairbounds.infrastructure.pictures import MEASURED, NEUTRAL

LABEL_SETS = ("category", "subcategory")
CURVES = (
    ("probe-error", "value", THEOREMS[4], "theorem 4"),
    ("sharp-probe-error", "value", THEOREMS[4]._replace(dash=SHARPER, marker="P"), "theorem 4, sharper form"),
    ("multihop-error", "value", THEOREMS[15], "theorem 15"),
    ("local-multihop-error", "value", THEOREMS[16], "theorem 16"),
    ("trained-error", "value", THEOREMS[17], "theorem 17, at the optimum"),
    ("probe-error", "measured", Look(MEASURED, "-", "o"), "measured 0-1 error"),
)
RANGED = "probe-mse"  # bound whose quantity has a range over all optima
WIDE = 1e-3  # smaller ranges count as one value


def draw(tables: Tables) -> Drawing:
    """Bounds and error against the width; a panel for each label set."""
    bounds, energy = tables["emoji_bounds"], tables["emoji_energy"]
    picture, panels = subplots(1, 2, size=(2.3, 1.1), sharey=True)
    for axes, labels in zip(panels, LABEL_SETS, strict=True):
        _bounds_panel(axes, rows_of(bounds, labels=labels), labels)
    panels[0].set_ylabel("probability of error, or its bound")
    panels[0].legend(loc="lower left", fontsize="small")
    return picture, _caption(bounds, energy)


def _bounds_panel(axes: Axes, rows: pd.DataFrame, labels: str) -> None:
    shade_vacuous(axes, rows_of(rows, bound=CURVES[0][0])["guess"])
    text = "vacuous: no better than guessing"
    axes.text(0.04, 0.96, text, transform=axes.transAxes, va="top", fontsize="small", color=NEUTRAL)
    ambiguous = _widths_of_many_optima(rows)
    for name, column, (color, dash, marker), label in CURVES:
        curve = rows_of(rows, bound=name).replace(np.inf, np.nan)
        if column == "measured":  # measured at one optimum only
            curve = curve[~curve["k"].isin(ambiguous["k"])]
        axes.plot(curve["k"], curve[column], linestyle=dash, color=color, marker=marker, markersize=3, label=label)
    _range(axes, rows_of(rows, bound=RANGED))
    axes.set(xscale="log", yscale="log", ylim=(1e-3, 50), xlabel="width of the embedding k")
    number_ticks(axes, x=(1, 10, 100, 1000), y=(0.001, 0.01, 0.1, 1, 10))
    axes.set_title(f"emoji, labels: {labels}")


def _widths_of_many_optima(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the squared error where it differs between optima, or where this is unknown."""
    squared = rows_of(rows, bound=RANGED)
    return squared[~(squared["measured_most"] - squared["measured_least"] <= WIDE)]


def _range(axes: Axes, squared: pd.DataFrame) -> None:
    """Draw the squared error over all optima: a band if there are many, a line if there is one."""
    least, largest = squared["measured_least"], squared["measured_most"]
    axes.fill_between(squared["k"], least, largest, color=MEASURED, alpha=0.3, linewidth=0)
    for end in (least, largest):
        axes.plot(squared["k"], end, color=MEASURED, alpha=0.4, linewidth=0.8)
    label_line(axes, 1.1, 0.8 * least.iloc[0], "squared error,\nall optima", MEASURED, va="top", alpha=0.7)


def _caption(bounds: pd.DataFrame, energy: pd.DataFrame) -> str:
    values = rows_of(energy, labels=LABEL_SETS[0])["singular_value"]  # one for each image
    ones = (values > 1 - 1e-9).sum()  # components of the graph
    ranges = "; ".join(_ranges(bounds, labels) for labels in LABEL_SETS)
    return (
        f"The caption graph of {len(values):,} emoji images. σ = 1 {ones} times: theorem 4 is infinite for k below "
        f"{ones}. Where σ_k = σ_{{k+1}} there are many optima: the band is their squared error ({ranges}), and the 0-1 "
        "error is left out."
    )


def _ranges(bounds: pd.DataFrame, labels: str) -> str:
    """Range of the squared error over all optima, at widths with many optima, in words."""
    ambiguous = _widths_of_many_optima(rows_of(bounds, labels=labels))
    ends = f"k = {ambiguous['k'].min()} to {ambiguous['k'].max()}: {ambiguous['measured_least'].min():.2f} to "
    return f"{labels}, {ends}{ambiguous['measured_most'].max():.2f}" if len(ambiguous) else f"{labels}: none"


FIGURE = Figure("Real images", ("emoji_bounds", "emoji_energy"), draw)
