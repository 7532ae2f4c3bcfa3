"""*Coarser captions*: a smaller bound on merged captions beside the error on other images, which is no smaller."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import COLUMN, THEOREMS, sized
from pairbounds.infrastructure.palette import GREEN, INK, MEASURED, NEUTRAL, ORANGE, SKY_BLUE
from pairbounds.theory.questions.granularity import CHOSEN, ORACLE, RANDOM, SIMILARITY, summary
from pairbounds.theory.questions.merging import AS_THEY_ARE

MEASURES = ["split", "kind", "level", "groups", "sigma", "alpha_t", "bound", "mse", "error"]
EACH = "each keyword"
BY = {
    "meaning": ("captions by meaning", ORANGE, "o", "-"),
    "letters": ("captions by letters", SKY_BLUE, "^", "-."),
    "images": ("images by features", INK, "v", ":"),
}
CONTROLS = {RANDOM: ("captions at random", NEUTRAL, "x", ":"), ORACLE: ("captions within classes", GREEN, "D", "--")}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each data set: theorem 15 and its measured side above, and held-out error below."""
    rows = tables["granularity"]
    sets = list(rows["dataset"].unique())
    size = (1.1 * COLUMN * len(sets), 1.8 * COLUMN)
    picture, panels = plt.subplots(2, len(sets), figsize=size, sharex="col", sharey="row", squeeze=False)
    found = {name: _summaries(rows[rows["dataset"] == name]) for name in sets}
    for column, name in enumerate(sets):
        _bound(panels[0, column], _of(found[name]["meaning"], SIMILARITY))
        _error(panels[1, column], found[name])
        panels[0, column].set_title(TITLES.get(name, name))
        panels[1, column].set(xscale="log", xlabel="groups of captions, or of images (coarser →)")
        panels[1, column].invert_xaxis()
        panels[1, column].xaxis.set_major_formatter("{x:,.0f}")
    panels[0, 0].set_ylabel("squared error of the probe,\nor its bound, seen images")
    panels[1, 0].set_ylabel("change of the 0-1 error,\nother images (below 0: better)")
    for axes in panels[:, 0]:
        axes.legend(fontsize=sized(7.5), loc="best")
    return picture, _caption(rows, found)


def _summaries(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The summary of each way to merge, in which each keyword for itself is the captions as they are."""
    ways = rows["by"] == "keywords"
    known = rows[["by", *MEASURES]].assign(
        kind=rows["kind"].mask(ways, SIMILARITY), level=rows["level"].replace(EACH, AS_THEY_ARE)
    )
    return {str(by): summary(own.drop(columns="by")) for by, own in known.groupby("by", sort=False)}


def _bound(axes: Axes, own: pd.DataFrame) -> None:
    """Theorem 15 and the squared error, along captions that are merged by meaning."""
    color, dash, marker = THEOREMS[15]
    looks: dict[str, Any] = {"linestyle": dash, "marker": marker, "markersize": 4}
    axes.plot(own["groups"], own["bound"], color=color, label="theorem 15, captions by meaning", **looks)
    axes.plot(own["groups"], own["mse"], "-o", color=MEASURED, markersize=4, label="measured, captions by meaning")
    axes.set_ylim(0, 1.03)


def _error(axes: Axes, found: Mapping[str, pd.DataFrame]) -> None:
    for by, (label, hue, marker, dash) in BY.items():
        _change(axes, _of(found[by], SIMILARITY), label, hue, marker, dash)
    for kind, (label, hue, marker, dash) in CONTROLS.items():
        _change(axes, _of(found["meaning"], kind), label, hue, marker, dash)
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
    chosen = "; ".join(f"{TITLES.get(name, name)} {_said(own['meaning'], CHOSEN)}" for name, own in found.items())
    return (
        "Captions, or images, are merged from left to right. Above: seen images. Below: error on the other images of "
        "the best encoder linear in frozen features, less that with captions as they are. Means over "
        f"{rows['split'].nunique()} random halves of the images of each set, 95% intervals over all levels of a "
        f"curve. Where theorem 15 chooses a level of meaning, the error changes by: {chosen}."
    )


def _said(table: pd.DataFrame, level: str) -> str:
    """A change of the error with its interval."""
    row: dict[Any, Any] = table[table["level"] == level].to_dict("records")[0]
    return f"{-row['gain']:+.3f} ({-row['high']:+.3f} to {-row['low']:+.3f})"


FIGURE = Figure("Coarser captions", ("granularity",), draw)
