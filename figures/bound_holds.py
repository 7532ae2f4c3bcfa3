"""Figure 1, *The bound holds*: measured probe error against the bound, over many worlds."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from figures.figure import Figure
from figures.style import COLUMN, PALE, sized
from theory.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL

FLOOR, LARGEST, INFINITE = 3e-4, 20.0, 200.0  # where 0, all finite bounds from 20 on, and infinite bounds are drawn
LIMITS = (2e-4, 500.0)
PANELS = (
    ("probe-error", r"bound $2\alpha_T/(1-\sigma_{k+1}^2)$"),
    ("sharp-probe-error", r"sharper bound $2\rho_k/(1-\sigma_{k+1}^2)$"),
    ("local-multihop-error", "theorem 16, 8 hops"),
)
LOOKS = {"caption": (CAPTION, "o"), "augmentation": (AUGMENTATION, "^")}


class Count(NamedTuple):
    """Of one bound, over all graphs and widths: how many points there are, and on how many the bound is what."""

    points: int
    violated: int
    infinite: int
    informative: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel each for the bound of theorem 4, its sharper form, and theorem 16."""
    table = tables["bound_holds"]
    picture, panels = plt.subplots(1, len(PANELS), figsize=(2.8 * COLUMN, 1.05 * COLUMN), sharex=True, sharey=True)
    for axes, (name, label) in zip(panels, PANELS, strict=True):
        _panel(axes, table[table["bound"] == name], label)
    panels[0].set_ylabel("measured probe error (0-1, tie = error)")
    panels[0].legend(loc="upper left", markerscale=2, title="pairs")
    return picture, _caption(table)


def _panel(axes: Axes, rows: pd.DataFrame, label: str) -> None:
    axes.set(xscale="log", yscale="log", xlim=LIMITS, ylim=(LIMITS[0], 1.5), xlabel=label)
    axes.text(LIMITS[1] / 1.2, FLOOR * 1.5, "pale: vacuous", color=NEUTRAL, fontsize=sized(8), va="bottom", ha="right")
    axes.plot(LIMITS, LIMITS, color="black", linewidth=1, zorder=1)
    axes.text(0.04, 0.07, "measured\n= bound", fontsize=sized(8), ha="right")
    for pairs, (color, marker) in LOOKS.items():
        chosen = rows[rows["pairs"] == pairs]
        value = chosen["value"].clip(FLOOR, LARGEST).where(np.isfinite(chosen["value"]), INFINITE)
        error, vacuous = chosen["measured"].clip(lower=FLOOR), chosen["vacuous"].astype(bool)
        axes.plot(value[vacuous], error[vacuous], marker, color=color, ms=2, alpha=PALE, mew=0)
        axes.plot(value[~vacuous], error[~vacuous], marker, color=color, ms=2, alpha=0.6, mew=0, label=pairs)
    ticks = {FLOOR: "0", 1e-2: "0.01", 1e-1: "0.1", 1: "1", LARGEST: "≥20", INFINITE: "∞"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set_yticks([FLOOR, 1e-3, 1e-2, 1e-1, 1], ["0", "0.001", "0.01", "0.1", "1"])
    axes.minorticks_off()


def graphs(table: pd.DataFrame) -> int:
    """How many graphs there are."""
    return table.groupby(["seed", "pairs"]).ngroups


def counted(table: pd.DataFrame, name: str) -> Count:
    """What one bound is on all points; it informs where it is better than to guess the largest class."""
    rows = table[table["bound"] == name]
    informative = rows[~rows["vacuous"]]
    return Count(len(rows), int((~rows["holds"]).sum()), int(np.isinf(rows["value"]).sum()), len(informative))


def _caption(table: pd.DataFrame) -> str:
    counts = {name: counted(table, name) for name, _ in PANELS}
    parts = [f"{graphs(table)} graphs, {counts[PANELS[0][0]].points} (graph, width) points"]
    for name, count in counts.items():
        parts.append(
            f"{name}: {count.violated} of {count.points} violated, {count.infinite} infinite (more than k components), "
            f"{count.informative} better than guessing the largest class"
        )
    return (
        "Each point is the optimal embedding of one random world's caption or augmentation graph, of width 1, 2 or 4 "
        "times the number of classes; pale where the bound is vacuous, no better than guessing the largest class. "
        + "; ".join(parts)
        + "."
    )


FIGURE = Figure("The bound holds", ("bound_holds",), draw)
