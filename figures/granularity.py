"""*Coarser captions*: the bound on merged captions is smaller, the error on held-out images is not."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import COLUMN, THEOREMS
from pairbounds.infrastructure.palette import GREEN, MEASURED, NEUTRAL, ORANGE
from pairbounds.theory.questions.merge_levels import CHOSEN, ORACLE, RANDOM, SIMILARITY, summary

MEASURES = ["split", "kind", "level", "groups", "sigma", "alpha_t", "bound", "mse", "error"]
MERGED = {
    SIMILARITY: ("merged by meaning", ORANGE, "o", "-"),
    RANDOM: ("at random", NEUTRAL, "x", ":"),
    ORACLE: ("within classes", GREEN, "D", "--"),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each data set: theorem 15 and the measured error above, held-out error below."""
    rows = tables["granularity"]
    by_meaning = rows[rows["by"] == "meaning"]
    levels = {str(name): summary(own[MEASURES]) for name, own in by_meaning.groupby("dataset", sort=False)}
    size = (1.1 * COLUMN * len(levels), 1.8 * COLUMN)
    picture, panels = plt.subplots(2, len(levels), figsize=size, sharex="col", sharey="row", squeeze=False)
    for (upper, lower), (name, own) in zip(panels.T, levels.items(), strict=True):
        _bound(upper, own[own["kind"] == SIMILARITY])
        for kind, looks in MERGED.items():
            _change(lower, own[own["kind"] == kind], *looks)
        lower.axhline(0, color="black", linewidth=0.8)
        upper.set_title(TITLES.get(name, name))
        lower.set(xscale="log", xlabel="groups of captions (coarser →)")
        lower.invert_xaxis()
        lower.xaxis.set_major_formatter("{x:,.0f}")
    panels[0, 0].set_ylabel("squared error of the probe,\nor its bound, seen images")
    panels[1, 0].set_ylabel("change of the 0-1 error,\nother images (below 0: better)")
    for axes in panels[:, 0]:
        axes.legend(fontsize="small", loc="best")
    return picture, _caption(rows, levels)


def _bound(axes: Axes, own: pd.DataFrame) -> None:
    color, dash, marker = THEOREMS[15]
    looks: dict[str, Any] = {"linestyle": dash, "marker": marker, "markersize": 4}
    axes.plot(own["groups"], own["bound"], color=color, label="theorem 15", **looks)
    axes.plot(own["groups"], own["mse"], "-o", color=MEASURED, markersize=4, label="measured")
    axes.set_ylim(0, 1.03)


def _change(axes: Axes, rows: pd.DataFrame, label: str, color: str, marker: str, dash: str) -> None:
    ends = [rows["high"] - rows["gain"], rows["gain"] - rows["low"]]
    looks: dict[str, Any] = {"color": color, "marker": marker, "linestyle": dash, "markersize": 4.5, "capsize": 2}
    axes.errorbar(rows["groups"], -rows["gain"], ends, elinewidth=0.8, linewidth=1.2, label=label, **looks)


def _caption(rows: pd.DataFrame, levels: Mapping[str, pd.DataFrame]) -> str:
    chosen = "; ".join(f"{TITLES.get(name, name)} {_chosen_change(own)}" for name, own in levels.items())
    return (
        "Captions are merged from left to right. Top: training images, captions merged by meaning. Bottom: held-out "
        "error of the best encoder linear in frozen features, minus that with unmerged captions. Means over "
        f"{rows['split'].nunique()} random halves of the images of each set, 95% intervals over all levels of a "
        f"curve. Where theorem 15 chooses a level of meaning, the error changes by: {chosen}."
    )


def _chosen_change(levels: pd.DataFrame) -> str:
    row = levels[levels["level"] == CHOSEN].iloc[0]
    return f"{-row['gain']:+.3f} ({-row['high']:+.3f} to {-row['low']:+.3f})"


FIGURE = Figure("Coarser captions", ("granularity",), draw)
