"""*Coarser captions*: the bound on merged captions is smaller, the error on held-out images is not."""

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Tables
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import THEOREMS, subplots
from pairbounds.infrastructure.palette import GREEN, MEASURED, NEUTRAL, ORANGE
from pairbounds.theory.questions.merge_levels import CHOSEN, ORACLE, RANDOM, SIMILARITY, summary

MEASURES = ["split", "kind", "level", "groups", "sigma", "alpha_t", "bound", "mse", "error"]
MERGED = {
    SIMILARITY: ("merged by meaning", ORANGE, "o", "-"),
    RANDOM: ("at random", NEUTRAL, "x", ":"),
    ORACLE: ("within classes", GREEN, "D", "--"),
}


def draw(tables: Tables) -> Drawing:
    """A column for each data set: theorem 15 and the measured error above, held-out error below."""
    rows = tables["granularity"]
    by_meaning = rows[rows["by"] == "meaning"]
    levels = {str(name): summary(group[MEASURES]) for name, group in by_meaning.groupby("dataset", sort=False)}
    size = (1.1 * len(levels), 1.8)
    picture, panels = subplots(2, len(levels), size=size, sharex="col", sharey="row", squeeze=False)
    for (upper, lower), (name, group) in zip(panels.T, levels.items(), strict=True):
        _bound(upper, group[group["kind"] == SIMILARITY])
        for kind, looks in MERGED.items():
            _change(lower, group[group["kind"] == kind], *looks)
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


def _bound(axes: Axes, rows: pd.DataFrame) -> None:
    color, dash, marker = THEOREMS[15]
    groups = rows["groups"]
    axes.plot(groups, rows["bound"], linestyle=dash, color=color, marker=marker, markersize=4, label="theorem 15")
    axes.plot(groups, rows["mse"], "-o", color=MEASURED, markersize=4, label="measured")
    axes.set_ylim(0, 1.03)


def _change(axes: Axes, rows: pd.DataFrame, label: str, color: str, marker: str, dash: str) -> None:
    ends = [rows["high"] - rows["gain"], rows["gain"] - rows["low"]]
    axes.errorbar(
        rows["groups"],
        -rows["gain"],
        ends,
        color=color,
        marker=marker,
        linestyle=dash,
        markersize=4.5,
        capsize=2,
        elinewidth=0.8,
        linewidth=1.2,
        label=label,
    )


def _caption(rows: pd.DataFrame, levels: Tables) -> str:
    chosen = "; ".join(f"{TITLES.get(name, name)} {_chosen_change(group)}" for name, group in levels.items())
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
