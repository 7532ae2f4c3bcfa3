"""*Consistency and diversity*: every pairing at every temperature, with its controls."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from figures.figure import Figure
from figures.pairing_looks import color, corrected, dash, short, strongest
from figures.style import COLUMN, sized
from theory.infrastructure.palette import NEUTRAL

EXCLUSION = "image"
CONVENTIONS = {"others": "among other images", "all": "the image itself among them"}
GRID = 80  # levels of diversity that a curve is drawn through
WITH_INTERVALS = ("captions", "augmentation", "no text")


class Shown(NamedTuple):
    """In how many conventions an advantage of text is shown at every matched diversity, at some only, and at none."""

    every: int
    some: int
    none: int


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A column for each evaluator, a row for each way to count positives."""
    frontier, matched = (
        table[table["exclusion"] == EXCLUSION] for table in (tables["pairings_frontier"], tables["pairings_matched"])
    )
    evaluators = frontier["evaluator"].unique()
    size = (0.95 * COLUMN * len(evaluators), 1.9 * COLUMN)
    picture, panels = plt.subplots(2, len(evaluators), figsize=size, sharex="row", squeeze=False)
    for row, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        for axes, evaluator in zip(row, evaluators, strict=True):
            _curves(axes, frontier[frontier["evaluator"] == evaluator], f"positives_{convention}")
            _intervals(axes, matched[(matched["evaluator"] == evaluator) & (matched["diversity_of"] == convention)])
            axes.set(xscale="log", xlabel=f"effective positives,\n{label}", title=f"evaluator: {evaluator}")
            axes.set_xticks(ticks := [1, 10, 100], [str(tick) for tick in ticks])
        row[0].set_ylabel("consistency (0: chance, 1: always)")
    picture.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=sized(8))
    return picture, _caption(tables)


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """The mean of the draws, from that of their coldest points on; augmentations but the strongest are thin."""
    rows = rows.assign(value=corrected(rows), level=np.log(rows[positives]))
    grid = np.linspace(0, rows["level"].max(), GRID)
    thick = strongest(rows["pairing"])
    for pairing, own in rows.groupby("pairing", sort=False):
        name, family = str(pairing), str(own["family"].iloc[0])
        looks: dict[str, Any] = {
            "color": color(family),
            "linestyle": dash(name),
            "label": short(name),
            "linewidth": 1.7,
        }
        if family == "uniform":
            axes.plot(own[positives].mean(), 0, **looks | {"marker": "s", "markersize": 4, "linestyle": ""})
            continue
        if name not in thick:
            looks |= {"label": None, "linewidth": 0.7}
        curves, by_draw = [], own.sort_values("level").groupby("draw")
        for _, one in by_draw:
            inside = (grid >= one["level"].min()) & (grid <= one["level"].max())
            curves.append(np.where(inside, np.interp(grid, one["level"], one["value"]), np.nan))
        coldest, mean = by_draw[["level", "value"]].first().mean(), np.mean(curves, axis=0)
        known = ~np.isnan(mean)
        axes.plot(np.exp([coldest["level"], *grid[known]]), [coldest["value"], *mean[known]], **looks)
    axes.axhline(0, color=NEUTRAL, linewidth=0.6)


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    for family, own in rows[rows["pairing"].isin(strongest(rows["pairing"]))].groupby("family", sort=False):
        if family in WITH_INTERVALS:
            ends = np.minimum(1, [own["value"] - own["low"], own["high"] - own["value"]])
            axes.errorbar(own["diversity"], own["value"], ends, fmt="none", color=color(str(family)), linewidth=1)


def conventions_shown(verdicts: pd.DataFrame) -> dict[tuple[str, str], Shown]:
    """For each evaluator and kind of captions what the conventions show."""
    found = {}
    for (evaluator, captions), rows in verdicts.groupby(["evaluator", "captions"], sort=False):
        every, some = (int(rows["verdict"].str.contains(text).sum()) for text in ("shown at every", r"\) only\.$"))
        found[str(evaluator), str(captions)] = Shown(every, some, len(rows) - every - some)
    return found


def _caption(tables: Mapping[str, pd.DataFrame]) -> str:
    frontier, verdicts = tables["pairings_frontier"], tables["pairings_verdict"]
    images, evaluator = frontier.groupby("draw")["images"].first(), frontier["evaluator"].iloc[0]
    chosen = verdicts[(verdicts["exclusion"] == EXCLUSION) & (verdicts["evaluator"] == evaluator)]
    words = [f"Positives {CONVENTIONS[str(row.diversity_of)]}: {row.verdict}" for row in chosen.itertuples()]
    for (name, captions), shown in conventions_shown(verdicts).items():
        words.append(f"{captions}, evaluator {name}: {shown.every}, {shown.some} and {shown.none}.")
    return (
        f"Lines: every pairing from cold to hot, means over {len(images)} draws of {images.min()} to {images.max()} "
        "images; thin lines are weaker augmentations. Bars: 95% intervals at matched diversities, the wider of "
        "Student's over draws and a bootstrap over subjects. Consistency never counts an image as its own positive. "
        "Above, neither does diversity; below it does, so that pairs which are hardly ever of two images are not "
        f"diverse. At most {frontier['truncated'].max():.1g} of the weight of an image's right nodes was cut off. "
        f"Evaluator {evaluator}. {' '.join(words[: len(chosen)])} In how many of the {len(set(CONVENTIONS)) * 2} "
        "conventions (with and without other images of one subject, positives counted both ways) an advantage of text "
        f"is shown at every matched diversity, at some, and at none: {' '.join(words[len(chosen) :])}"
    )


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched", "pairings_verdict"), draw)
