"""*Bound on real pairs*: the measured error of every pairing's optimal embedding against three bounds on it."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.lines import Line2D

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import COLORS, color
from pairbounds.figures.style import COLUMN, PALE, sized
from pairbounds.infrastructure.palette import NEUTRAL

PANELS = {
    "bound": "theorem 4",
    "sharp_bound": "theorem 4, sharper form",
    "multihop_bound": "theorem 15, multi-hop",
}
SMALLEST, LARGEST, FLOOR = 0.1, 30.0, 5e-3  # bounds and errors beyond these are drawn there
LIMITS = (0.09, 1.5 * LARGEST)
MARKERS = ("o", "x", "+", "d")


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each bound; a point for each pairing, draw, diversity, width and label set."""
    table = tables["pairings_learned"]
    picture, panels = plt.subplots(1, 3, figsize=(2.9 * COLUMN, 1.15 * COLUMN), sharex=True, sharey=True)
    for axes, (column, label) in zip(panels, PANELS.items(), strict=True):
        _panel(axes, table, column)
        axes.set(title=label, xlabel="bound on the probe error")
    panels[0].set_ylabel("measured probe error")
    families = [f for f in COLORS if f in set(table["family"])]
    handles = [Line2D([], [], color=COLORS[f], marker="s", linestyle="", label=f) for f in families]
    for marker, labels in zip(MARKERS, table["labels"].unique(), strict=False):
        handles.append(Line2D([], [], color="black", marker=marker, linestyle="", label=labels))
    picture.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=sized(8))
    return picture, _caption(table)


def _panel(axes: Axes, table: pd.DataFrame, column: str) -> None:
    axes.text(0.8 * LIMITS[1], 1.2 * FLOOR, "pale: vacuous", color=NEUTRAL, fontsize=sized(8), ha="right")
    axes.plot([FLOOR, LIMITS[1]], [FLOOR, LIMITS[1]], color="black", linewidth=1)
    for marker, (_, rows) in zip(MARKERS, table.groupby("labels", sort=False), strict=False):
        for family, own in rows.groupby("family", sort=False):
            value, error = own[column].clip(SMALLEST, LARGEST), own["probe_error"].clip(lower=FLOOR)
            vacuous = own[column] >= own["guess_error"]
            for which, alpha in ((vacuous, PALE), (~vacuous, 0.6)):
                axes.plot(value[which], error[which], marker, color=color(str(family)), markersize=3.5, alpha=alpha)
    axes.set(xscale="log", yscale="log", xlim=LIMITS, ylim=(FLOOR / 1.2, 1.3))
    axes.set_xticks([SMALLEST, 0.3, 1, 3, 10, LARGEST], [f"≤{SMALLEST:g}", "0.3", "1", "3", "10", f"≥{LARGEST:g}"])
    axes.set_yticks([FLOOR, 0.01, 0.03, 0.1, 0.3, 1], [f"≤{FLOOR:g}", "0.01", "0.03", "0.1", "0.3", "1"])
    axes.minorticks_off()


def _caption(table: pd.DataFrame) -> str:
    words = []
    for column, label in PANELS.items():
        above = int((table["probe_error"] > table[column] * (1 + 1e-9)).sum())
        useful = int((table[column] < table["guess_error"]).sum())
        words.append(f"{label}: {above} of {len(table)} violated, {useful} not vacuous")
    widths = " or ".join(str(width) for width in sorted(table["width"].unique()))
    return (
        f"The optimal embedding of the graph of each pairing, k = {widths} (fewer where the graph has no more), in "
        f"{table['draw'].nunique()} draws, at {table['diversity'].nunique()} diversities counted in two ways; pale "
        "where the bound is vacuous, no better than guessing the largest class. "
        f"{'; '.join(words)}."
    )


FIGURE = Figure("Bound on real pairs", ("pairings_learned",), draw)
