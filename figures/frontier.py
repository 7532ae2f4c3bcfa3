"""*Consistency and diversity*: pairs by captions and their controls, by the classes of the images."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import rows_of
from pairbounds.infrastructure.pictures import AUGMENTATION, CAPTION, NEUTRAL, VERMILION

EXCLUSION = "subject"  # two drawings of one emoji are not positives
CONVENTIONS = {"others": "among other subjects", "all": "including the image's subject"}
APART = 1.02  # factor between bars of the same diversity
GRID = 80  # levels of diversity of a curve
NAMED = {  # drawn pairings: label, colour by kind of pairs, dash by what decides the pairs
    "captions, exact": ("exact captions", CAPTION, "-"),
    "captions, exact, but for class names": ("exact, without class names", CAPTION, ":"),
    "captions, by encoder": ("estimated captions", CAPTION, "--"),
    "augmentation, by encoder": ("augmentation (thin: weaker)", AUGMENTATION, "--"),
    "nearest neighbours": ("no text, nearest neighbours", NEUTRAL, "-"),
    "held-out images, by encoder": ("no text, held-out images", NEUTRAL, "--"),
    "shuffled captions, exact": ("shuffled captions", VERMILION, "-"),
}
Curve = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def draw(tables: Tables) -> Drawing:
    """One panel for each way to count positives."""
    frontier, matched = (_main(tables[name]) for name in ("pairings_frontier", "pairings_matched"))
    picture, panels = subplots(1, 2, size=(2.1, 1.2), sharey=True)
    for axes, (convention, label) in zip(panels, CONVENTIONS.items(), strict=True):
        _curves(axes, frontier, f"positives_{convention}")
        _intervals(axes, rows_of(matched, diversity_of=convention, weak=False))
        axes.axhline(0, color=NEUTRAL, linewidth=0.6)
        axes.set(xscale="log", xlabel=f"effective positives,\n{label}")
        axes.set_xticks([1, 10, 100], ["1", "10", "100"])
        axes.set_ylim(bottom=-0.05)
    panels[0].set_ylabel("consistency (0: chance, 1: always)\nbars: 95% intervals")
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return picture, _caption(tables)


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the drawn pairings, by the first evaluator, with `kind`; `weak` if an augmentation is stronger."""
    chosen = rows_of(table, exclusion=EXCLUSION, evaluator=table["evaluator"].iloc[0])
    kind_and_strength = chosen["pairing"].str.partition(", strength ")
    main = chosen.assign(kind=kind_and_strength[0], strength=pd.to_numeric(kind_and_strength[2]))
    main = main[main["kind"].isin(list(NAMED))]
    return main.assign(weak=main["strength"] < main["strength"].max())


def _curves(axes: Axes, rows: pd.DataFrame, positives: str) -> None:
    """Draw the curves of all pairings; weaker augmentations are thin."""
    for (kind, weak, _), group in rows.groupby(["kind", "weak", "pairing"], sort=False):
        label, color, dash = NAMED[str(kind)]
        width: dict[str, Any] = {"linewidth": 0.7} if weak else {"linewidth": 1.7, "label": label}
        axes.plot(*_mean_curve(group, positives), color=color, linestyle=dash, **width)


def _mean_curve(rows: pd.DataFrame, positives: str) -> Curve:
    """Effective positives and consistency of a pairing, mean over draws, from the mean of the coldest points on."""
    corrected = (rows["consistency"] - rows["chance"]) / (1 - rows["chance"])  # 0 at chance, 1 where pairs always agree
    rows = rows.assign(value=corrected, level=np.log(rows[positives]))
    grid, by_draw = np.linspace(0, rows["level"].max(), GRID), rows.sort_values("level").groupby("draw")
    ends = {"left": np.nan, "right": np.nan}
    mean = np.mean([np.interp(grid, curve["level"], curve["value"], **ends) for _, curve in by_draw], axis=0)
    coldest, defined = by_draw[["level", "value"]].first().mean(), ~np.isnan(mean)
    return np.exp([coldest["level"], *grid[defined]]), np.array([coldest["value"], *mean[defined]])


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw 95% intervals of captions and their rivals, side by side at matched diversities."""
    compared = rows[rows["family"] != "shuffled"]
    middle = (compared["kind"].nunique() - 1) / 2
    for position, (kind, group) in enumerate(compared.groupby("kind", sort=False)):
        ends = np.minimum(1, [group["value"] - group["low"], group["high"] - group["value"]])
        places = group["diversity"] * APART ** (position - middle)
        axes.errorbar(places, group["value"], ends, fmt="none", color=NAMED[str(kind)][1], linewidth=1)


def _caption(tables: Tables) -> str:
    frontier = tables["pairings_frontier"]
    images = frontier.groupby("draw")["images"].first()
    return (
        f"Consistency of pairs by {frontier['evaluator'].iloc[0]}, corrected for chance and without pairs of one "
        "subject, against their diversity. Left: diversity among images of other subjects. Right: including images "
        f"of the same subject. Lines: pairings from cold to hot, means over {len(images)} draws of {images.min()} to "
        f"{images.max()} images. Bars, side by side: 95% intervals at one diversity, the wider of Student's over draws "
        "and a bootstrap over subjects."
    )


FIGURE = Figure("Consistency and diversity", ("pairings_frontier", "pairings_matched"), draw)
