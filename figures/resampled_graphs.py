"""*Resampling on graphs*: effect of each rule on the measured error, and its prediction by the bound."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import number_ticks, subplots
from pairbounds.infrastructure.pictures import CAPTION, MEASURED, NEUTRAL, PURPLE, VERMILION

RULES = {
    "add_new_positive": ("AddNewPositive", CAPTION, "o"),
    "drop_false_positive": ("DropFalsePositive", MEASURED, "s"),
    "drop_false_negative": ("DropFalseNegative", VERMILION, "^"),
    "drop_easy_negative": ("DropEasyNegative", PURPLE, "v"),
    "add_new_positive+drop_false_positive+drop_false_negative+drop_easy_negative": ("all four", NEUTRAL, "D"),
}
LEAST = 1e-2  # smaller ratios of bounds are raised to it
RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
BOUND = "multihop_bound"  # theorem 15; if the loss changes, the bound that `resampling_effects` names


class GraphSet(NamedTuple):
    """One table of graphs: its name, and the guide of the shown predictions."""

    table: str
    title: str
    graph: tuple[str, ...]  # columns that identify a graph: first that of independent units
    guide: str
    label: str


WORLDS = GraphSet("resampled_worlds", "views of random worlds", ("seed",), "captions", "captions")
EMOJI = GraphSet(
    "resampled_views", "views of emoji", ("draw", "estimator"), "captions, by encoder", "image-text encoder"
)


def draw(tables: Tables) -> Drawing:
    """Change of the error against change of the bound, for worlds and emoji."""
    picture, panels = subplots(1, 2, size=(2.5, 1.2))
    for axes, chosen in zip(panels, (WORLDS, EMOJI), strict=True):
        table = tables[chosen.table]
        _predictions(axes, changes(table[table["guide"] == chosen.guide]))
        axes.set_title(f"{chosen.title}, guide: {chosen.label}")
    panels[0].set_ylabel("change of the probe error")
    picture.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    return picture, _caption([tables[chosen.table] for chosen in (WORLDS, EMOJI)])


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Add `change` of the measured error, and `ratio` of the bound after/before.

    The ratio is 1 if both bounds are infinite, and NaN unless the bound applies to both.
    """
    before, after = table[f"{BOUND}_before"], table[f"{BOUND}_after"]
    ratio = (after / before).where(np.isfinite(after) | np.isfinite(before), 1.0).clip(lower=LEAST)
    ratio = ratio.where(after.notna() & before.notna())
    return table.assign(change=table["probe_error_after"] - table["probe_error_before"], ratio=ratio)


def _predictions(axes: Axes, table: pd.DataFrame) -> None:
    for rule, (label, color, marker) in RULES.items():
        rows = table[table["rule"] == rule]
        axes.plot(rows["ratio"], rows["change"], marker, color=color, markersize=3.5, alpha=0.8, label=label)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="bound after / before")
    low, high = axes.get_xlim()
    number_ticks(axes, x=[ratio for ratio in RATIOS if low <= ratio <= high])


def _caption(tables: Sequence[pd.DataFrame]) -> str:
    sizes = [
        f"{table.groupby(list(chosen.graph)).ngroups} {chosen.title} ({table[chosen.graph[0]].nunique()} independent), "
        f"mean error before {table['probe_error_before'].mean():.3f}"
        for table, chosen in zip(tables, (WORLDS, EMOJI), strict=True)
    ]
    return (
        f"Augmentation graphs, resampled by a guide: {'; '.join(sizes)}. Change of the error against that of "
        "theorem 15 or, for rules that change negatives and thus the loss, theorem 7 with the tail of 15. The order "
        "of close rules depends on the processor."
    )


FIGURE = Figure("Resampling on graphs", ("resampled_worlds", "resampled_views"), draw)
