"""*Coarser captions*: effects of merges on σ and α_T, on theorem 15 and what it bounds, on held-out error."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import BOUND, GREEN, INK, MEASURED, NEUTRAL, ORANGE, PURPLE
from pairbounds.theory.questions.granularity import CHOSEN, ORACLE, RANDOM, SIMILARITY, summary
from pairbounds.theory.questions.merging import AS_THEY_ARE

MEASURES = ["split", "kind", "level", "groups", "sigma", "alpha_t", "bound", "mse", "error"]
EACH = "each keyword"
BY = {
    "meaning": ("captions by meaning", MEASURED, "o", "-"),
    "letters": ("captions by letters", PURPLE, "^", "-."),
    "images": ("images by features", INK, "v", ":"),
}
CONTROLS = {RANDOM: ("captions at random", NEUTRAL, "x", ":"), ORACLE: ("captions within classes", GREEN, "D", "--")}
MARKS = {"first keyword": "s", "commonest keyword": "P", "all joined": "*"}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each data set: σ and α_T above, theorem 15 and its measured side, and held-out error below."""
    rows = tables["granularity"]
    sets = list(rows["dataset"].unique())
    size = (1.3 * COLUMN * len(sets), 2.6 * COLUMN)
    picture, panels = plt.subplots(3, len(sets), figsize=size, sharex="col", sharey="row", squeeze=False)
    found = {name: _summaries(rows[rows["dataset"] == name]) for name in sets}
    for column, name in enumerate(sets):
        _coarser(panels[0, column], found[name])
        _bound(panels[1, column], found[name])
        _error(panels[2, column], found[name])
        panels[0, column].set_title(TITLES.get(name, name))
        panels[2, column].set(xscale="log", xlabel="groups of captions, or of images (coarser →)")
        panels[2, column].invert_xaxis()
        panels[2, column].xaxis.set_major_formatter("{x:,.0f}")
    panels[0, 0].set_ylabel("singular value,\nor probability that a pair differs")
    panels[1, 0].set_ylabel("squared error of the probe,\nseen images")
    panels[2, 0].set_ylabel("change of the 0-1 error,\nother images (below 0: better)")
    for row in panels:
        row[-1].legend(fontsize=sized(7.5), loc="center left", bbox_to_anchor=(1, 0.5))
    return picture, _caption(rows, found)


def _summaries(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The summary of each way to merge, in which each keyword for itself is the captions as they are."""
    ways = rows["by"] == "keywords"
    known = rows[["by", *MEASURES]].assign(
        kind=rows["kind"].mask(ways, SIMILARITY), level=rows["level"].replace(EACH, AS_THEY_ARE)
    )
    return {str(by): summary(own.drop(columns="by")) for by, own in known.groupby("by", sort=False)}


def _coarser(axes: Axes, found: Mapping[str, pd.DataFrame]) -> None:
    for by, (label, _, marker, dash) in BY.items():
        own = _of(found[by], SIMILARITY)
        for column, hue, symbol in (("sigma", ORANGE, r"$\sigma_{k+1}$"), ("alpha_t", GREEN, r"$\alpha_T$")):
            looks: dict[str, Any] = {"color": hue, "marker": marker, "linestyle": dash, "markersize": 4}
            axes.plot(own["groups"], own[column], label=f"{symbol}, {label}", **looks)
    axes.set_ylim(0, 1.03)


def _bound(axes: Axes, found: Mapping[str, pd.DataFrame]) -> None:
    for by, (label, _, marker, _) in BY.items():
        own = _of(found[by], SIMILARITY)
        looks: dict[str, Any] = {"marker": marker, "markersize": 4}
        axes.plot(own["groups"], own["bound"], "--", color=BOUND, label=f"theorem 15, {label}", **looks)
        axes.plot(own["groups"], own["mse"], "-", color=MEASURED, label=f"measured, {label}", **looks)
    for level, marker in MARKS.items():
        row = found["keywords"].set_index("level").loc[level]
        axes.plot(row["groups"], row["bound"], marker, color=BOUND, markersize=7, markerfacecolor="white")
        axes.plot(row["groups"], row["mse"], marker, color=MEASURED, markersize=7, label=f"both, {level}")
    axes.set_ylim(0, 1.03)


def _error(axes: Axes, found: Mapping[str, pd.DataFrame]) -> None:
    for by, (label, hue, marker, dash) in BY.items():
        _change(axes, _of(found[by], SIMILARITY), label, hue, marker, dash)
    for kind, (label, hue, marker, dash) in CONTROLS.items():
        _change(axes, _of(found["meaning"], kind), label, hue, marker, dash)
    for level, marker in MARKS.items():
        own = found["keywords"][found["keywords"]["level"] == level]
        _change(axes, own, level, ORANGE, marker, "")
    axes.axhline(0, color="black", linewidth=0.8)


def _change(axes: Axes, rows: pd.DataFrame, label: str, hue: str, marker: str, dash: str) -> None:
    ends = [rows["high"] - rows["gain"], rows["gain"] - rows["low"]]
    looks: dict[str, Any] = {
        "color": hue,
        "marker": marker,
        "linestyle": dash,
        "markersize": 4.5,
        "linewidth": 1.2,
        "capsize": 2,
    }
    axes.errorbar(rows["groups"], -rows["gain"], ends, elinewidth=0.8, label=label, **looks)


def _of(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    found: pd.DataFrame = table[table["kind"] == kind]
    return found


def _caption(rows: pd.DataFrame, found: Mapping[str, Mapping[str, pd.DataFrame]]) -> str:
    splits = rows["split"].nunique()
    chosen, ways = [], []
    for name, own in found.items():
        title = TITLES.get(name, name)
        chosen += [f"{title}, by {by}: {_said(own[by], CHOSEN)}" for by in BY]
        ways += [f"{title}, {level}: {_said(own['keywords'], level)}" for level in MARKS]
    return (
        f"Means over {splits} random halves of the images, one set of halves of each data set, drawings of one thing "
        "kept together. Captions are merged from left to right by what they mean or how they are spelt; or images, "
        "which then share captions, by their features. Keywords of an image are captions each, or one of them is, or "
        "all joined. Above, σ and α_T of the pairs of the seen images "
        "(theorem 30); in the middle theorem 15, dashed or hollow, and the squared error that it bounds; below, the "
        "error on the other images of the best encoder linear in frozen image features, less that with the captions "
        "as they are, with intervals at 95% over all levels of a curve. Where theorem 15 chooses the level on the seen "
        f"half, the error changes by: {'; '.join(chosen)}. Against each keyword: {'; '.join(ways)}."
    )


def _said(table: pd.DataFrame, level: str) -> str:
    """A change of the error with its interval."""
    row: dict[Any, Any] = table[table["level"] == level].to_dict("records")[0]
    return f"{-row['gain']:+.3f} ({-row['high']:+.3f} to {-row['low']:+.3f})"


FIGURE = Figure("Coarser captions", ("granularity",), draw)
