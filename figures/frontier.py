"""*Consistency and diversity*: pairs by captions and their controls, by the classes of the images."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import color, corrected, dash, short, strongest
from pairbounds.figures.style import COLUMN, sized
from pairbounds.infrastructure.palette import NEUTRAL

EXCLUSION = "subject"  # two drawings of one emoji, with the same captions and label, are no positives
CONVENTIONS = {"others": "among other subjects", "all": "the own subject among them"}
APART = 1.02  # the factor between diversities at which bars of one diversity are drawn
GRID = 80  # levels of diversity that a curve is drawn through
WITH_INTERVALS = ("captions", "augmentation", "no text")
NAMED = {  # the pairings that are drawn, and what they are called
    "captions, exact": "exact captions",
    "captions, exact, but for class names": "exact, without class names",
    "captions, by encoder": "estimated captions",
    "augmentation, by encoder": "augmentation (thin: weaker)",
    "nearest neighbours": "no text, nearest neighbours",
    "held-out images, by encoder": "no text, held-out images",
    "shuffled captions, exact": "shuffled captions",
}
Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Shown(NamedTuple):
    """The numbers of conventions that show an advantage of text at every matched diversity, at some, and at none."""

    every: int
    some: int
    none: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each way to count positives."""
    frontier, matched = (_main(tables[name]) for name in ("pairings_frontier", "pairings_matched"))
    thick = strongest(frontier["pairing"])
    picture, panels = plt.subplots(1, 2, figsize=(2.1 * COLUMN, 1.2 * COLUMN), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, matched[(matched["diversity_of"] == convention) & matched["pairing"].isin(thick)])
        _set_axes(axes, label)
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=sized(8))
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """The pairings that have a name here, by the first evaluator."""
    chosen = (table["exclusion"] == EXCLUSION) & (table["evaluator"] == table["evaluator"].iloc[0])
    found: pd.DataFrame = table[chosen & table["pairing"].map(short).isin(list(NAMED))]
    return found


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """Draw the curves of all pairings; augmentations but the strongest are thin."""
    thick = strongest(rows["pairing"])
    for pairing, own in rows.groupby("pairing", sort=False):
        name, family = str(pairing), str(own["family"].iloc[0])
        looks: dict[str, Any] = {"color": color(family), "linestyle": dash(name), "label": NAMED[short(name)]}
        width = {"linewidth": 1.7} if name in thick else {"linewidth": 0.7, "label": None}
        axes.plot(*_mean_curve(own, positives), **looks | width)


def _mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
    """Effective positives and consistency of a pairing, the mean of the draws, from that of their coldest points on."""
    rows = rows.assign(value=corrected(rows), level=np.log(rows[positives]))
    grid = np.linspace(0, rows["level"].max(), GRID)
    curves, by_draw = [], rows.sort_values("level").groupby("draw")
    for _, one in by_draw:
        inside = (grid >= one["level"].min()) & (grid <= one["level"].max())
        curves.append(np.where(inside, np.interp(grid, one["level"], one["value"]), np.nan))
    coldest, mean = by_draw[["level", "value"]].first().mean(), np.mean(curves, axis=0)
    known = ~np.isnan(mean)
    return np.exp([coldest["level"], *grid[known]]), np.array([coldest["value"], *mean[known]])


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """The 95% intervals of captions and what they are compared with, side by side at matched diversities."""
    compared = rows[rows["family"].isin(WITH_INTERVALS)]
    middle = (compared["pairing"].nunique() - 1) / 2
    for place, (_, own) in enumerate(compared.groupby("pairing", sort=False)):
        ends = np.minimum(1, [own["value"] - own["low"], own["high"] - own["value"]])
        hue = color(str(own["family"].iloc[0]))
        places = own["diversity"] * APART ** (place - middle)
        axes.errorbar(places, own["value"], ends, fmt="none", color=hue, linewidth=1)


def _set_axes(axes: Axes, counted: str) -> None:
    axes.axhline(0, color=NEUTRAL, linewidth=0.6)
    axes.set(xscale="log", xlabel=f"effective positives,\n{counted}")
    axes.set_xticks(ticks := [1, 10, 100], [str(tick) for tick in ticks])


def conventions_shown(verdicts: pd.DataFrame) -> dict[tuple[str, str], Shown]:
    """The verdicts of the conventions, counted for each evaluator and kind of captions."""
    found = {}
    for (evaluator, captions), rows in verdicts.groupby(["evaluator", "captions"], sort=False):
        every, some = (int(rows["verdict"].str.contains(text).sum()) for text in ("shown at every", r"\) only\.$"))
        found[str(evaluator), str(captions)] = Shown(every, some, len(rows) - every - some)
    return found


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    return (
        f"Consistency of pairs by {frontier['evaluator'].iloc[0]}, corrected for chance and without pairs of one "
        "subject, against their diversity. Left: diversity among images of other subjects. Right: images of the own "
        f"subject count too. Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to "
        f"{images.max()} images. Bars, side by side: 95% intervals at one diversity, the wider of Student's over draws "
        "and a bootstrap over subjects."
    )


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
