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
        curves(axes, frontier, f"positives_{convention}", NAMED)
        intervals(axes, matched[(matched["diversity_of"] == convention) & matched["pairing"].isin(thick)])
        set_axes(axes, label, "")
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=sized(8))
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """The pairings that have a name here, by the first evaluator."""
    chosen = (table["exclusion"] == EXCLUSION) & (table["evaluator"] == table["evaluator"].iloc[0])
    found: pd.DataFrame = table[chosen & table["pairing"].map(short).isin(list(NAMED))]
    return found


def curves(axes: Axes, rows: pd.DataFrame, positives: str, names: Mapping[str, str] | None = None) -> None:
    """Draw the curves of all pairings; augmentations but the strongest are thin."""
    thick = strongest(rows["pairing"])
    for pairing, own in rows.groupby("pairing", sort=False):
        name, family = str(pairing), str(own["family"].iloc[0])
        label = short(name) if names is None else names[short(name)]
        looks: dict[str, Any] = {"color": color(family), "linestyle": dash(name), "label": label}
        if family == "uniform":
            axes.plot(own[positives].mean(), 0, **looks | {"marker": "s", "markersize": 4, "linestyle": ""})
            continue
        width = {"linewidth": 1.7} if name in thick else {"linewidth": 0.7, "label": None}
        axes.plot(*mean_curve(own, positives), **looks | width)


def mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
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


def intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """The 95% intervals of captions and what they are compared with, side by side at matched diversities."""
    compared = rows[rows["family"].isin(WITH_INTERVALS)]
    middle = (compared["pairing"].nunique() - 1) / 2
    for place, (_, own) in enumerate(compared.groupby("pairing", sort=False)):
        ends = np.minimum(1, [own["value"] - own["low"], own["high"] - own["value"]])
        hue = color(str(own["family"].iloc[0]))
        places = own["diversity"] * APART ** (place - middle)
        axes.errorbar(places, own["value"], ends, fmt="none", color=hue, linewidth=1)


def set_axes(axes: Axes, counted: str, title: str) -> None:
    """Set what is common to all panels of consistency against diversity."""
    axes.axhline(0, color=NEUTRAL, linewidth=0.6)
    axes.set(xscale="log", xlabel=f"effective positives,\n{counted}", title=title)
    axes.set_xticks(ticks := [1, 10, 100], [str(tick) for tick in ticks])


def conventions_shown(verdicts: pd.DataFrame) -> dict[tuple[str, str], Shown]:
    """The verdicts of the conventions, counted for each evaluator and kind of captions."""
    found = {}
    for (evaluator, captions), rows in verdicts.groupby(["evaluator", "captions"], sort=False):
        every, some = (int(rows["verdict"].str.contains(text).sum()) for text in ("shown at every", r"\) only\.$"))
        found[str(evaluator), str(captions)] = Shown(every, some, len(rows) - every - some)
    return found


def drawn(tables: Mapping[str, pd.DataFrame]) -> str:
    """The meaning of lines and bars, in every figure of consistency and diversity, in words."""
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    most = frontier["truncated"].max()
    cut = f" At most {most:.1%} of the weight of an image's right nodes was cut off." if most > 0 else ""
    return (
        f"Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to {images.max()} "
        "images. Bars, side by side: 95% intervals at one diversity, the wider of Student's over draws and a "
        f"bootstrap over subjects. Consistency is corrected for chance.{cut}"
    )


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    verdicts = tables["pairings_verdict"]
    evaluator = tables["pairings_frontier"]["evaluator"].iloc[0]
    chosen = verdicts[(verdicts["exclusion"] == EXCLUSION) & (verdicts["evaluator"] == evaluator)]
    words = [
        f"{row.captions}, {CONVENTIONS[str(row.diversity_of)]}: {str(row.verdict).rpartition('. ')[2]}"
        for row in chosen.itertuples()
    ]
    return (
        f"Are pairs by captions more consistent, by {evaluator}, than others that are as diverse? On the left "
        "diversity is of images of other subjects alone; on the right those of the own subject count, so that pairs "
        "which are hardly ever of two subjects are not diverse. Consistency leaves pairs of one subject out. "
        f"{drawn(tables)} {' '.join(words)}"
    )


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
