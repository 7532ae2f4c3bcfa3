"""*Consistency and diversity*: pairs by captions, and the strongest of each control, by the classes of the images."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.patheffects import withStroke

from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import color, corrected, dash, strongest
from pairbounds.figures.style import COLUMN, label_line
from pairbounds.infrastructure.palette import NEUTRAL

EXCLUSION = "image"
CONVENTIONS = {"others": "among other images", "all": "the image itself among them"}
GRID = 80  # levels of diversity that a curve is drawn through
WITH_INTERVALS = ("captions", "augmentation", "no text")
NAMED = {  # the pairings that are drawn, and what they are called beside their line
    "captions, exact": "exact captions",
    "captions, by encoder": "estimated captions",
    "augmentation, by encoder": "augmentation",
    "nearest neighbours": "no text",
    "shuffled captions, exact": "shuffled captions",
}
HALO = [withStroke(linewidth=2, foreground="white")]  # around names that lie on bars
UNDER = ("augmentation",)  # it begins where estimated captions do
Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Shown(NamedTuple):
    """The numbers of conventions that show an advantage of text at every matched diversity, at some, and at none."""

    every: int
    some: int
    none: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each way to count positives."""
    frontier, matched = (_main(tables[name]) for name in ("pairings_frontier", "pairings_matched"))
    picture, panels = plt.subplots(1, 2, figsize=(2.1 * COLUMN, 1.05 * COLUMN), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, matched[matched["diversity_of"] == convention])
        _set_axes(axes, label)
        axes.set_ylim(-0.1, 1.1)
    panels[0].set_ylabel("consistency (0: chance, 1: always)")
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """The pairings that have a name here, the strongest of each, by the first evaluator."""
    chosen = (table["exclusion"] == EXCLUSION) & (table["evaluator"] == table["evaluator"].iloc[0])
    rows = table[chosen & table["pairing"].isin(strongest(table["pairing"]))]
    names = {pairing: _name(pairing) for pairing in rows["pairing"].unique()}
    found: pd.DataFrame = rows.assign(name=rows["pairing"].map(names)).dropna(subset="name")
    return found


def _name(pairing: str) -> str | None:
    """The name of a pairing here; none where it is not drawn, as exact captions without those that name a class."""
    return next((name for known, name in NAMED.items() if pairing in (known, f"{known}, strength 1")), None)


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    curves = {str(name): _mean_curve(own, positives) for name, own in rows.groupby("name", sort=False)}
    looks = rows.groupby("name")[["pairing", "family"]].first()
    for name, curve in curves.items():
        pairing, family = looks.loc[name]
        axes.plot(*curve, color=color(str(family)), linestyle=dash(str(pairing)), linewidth=1.7)
        # A line falls from where it begins, so that there is room above its beginning, and below it on the left of 10.
        place = int(np.argmin(np.abs(curve[0] - 10))) if name in UNDER else 0
        side = {"ha": "right", "va": "top"} if name in UNDER else {}
        label_line(axes, curve[0][place], curve[1][place], name, color(str(family)), path_effects=HALO, **side)


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
    """The 95% intervals of captions and what they are compared with, at matched diversities."""
    for family, own in rows.groupby("family", sort=False):
        if family in WITH_INTERVALS:
            ends = np.minimum(1, [own["value"] - own["low"], own["high"] - own["value"]])
            axes.errorbar(own["diversity"], own["value"], ends, fmt="none", color=color(str(family)), linewidth=1)


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


def _drawn(tables: Mapping[str, pd.DataFrame]) -> str:
    """The meaning of lines and bars, in words."""
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    most = frontier["truncated"].max()
    cut = f" At most {most:.1%} of the weight of an image's right nodes was cut off." if most > 0 else ""
    return (
        f"Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to {images.max()} "
        "images. Bars: 95% intervals at matched diversities, the wider of Student's over draws and a bootstrap over "
        f"subjects. Consistency is corrected for chance and never counts an image as its own positive.{cut}"
    )


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    verdicts = tables["pairings_verdict"]
    evaluator = tables["pairings_frontier"]["evaluator"].iloc[0]
    chosen = verdicts[(verdicts["exclusion"] == EXCLUSION) & (verdicts["evaluator"] == evaluator)]
    words = [
        f"{row.captions}, positives {CONVENTIONS[str(row.diversity_of)]}: {str(row.verdict).rpartition('. ')[2]}"
        for row in chosen.itertuples()
    ]
    return (
        f"Are pairs by captions more consistent, by {evaluator}, than others that are as diverse? On the left "
        "diversity is of other images alone; on the right an image counts among its own positives, so that pairs "
        "which are hardly ever of two images are not diverse. Augmentation is the strongest, pairs without text are "
        "nearest neighbours. "
        f"{_drawn(tables)} {' '.join(words)}"
    )


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
