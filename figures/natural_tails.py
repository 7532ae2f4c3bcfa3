"""*Rare captions*: how few images a caption has, and what a probe with few labels misses."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import COLUMN, label_line, sized
from pairbounds.infrastructure.palette import GREEN, MEASURED, NEUTRAL, ORANGE
from pairbounds.theory.quantities.confidence import student_half

LOOKS = {"emoji": (MEASURED, "-", "o"), "openclipart": (ORANGE, "--", "s"), "tuxpaint": (GREEN, "-.", "^")}
LATER = (NEUTRAL, ":", "D")  # of a data set that is new
SPLIT, DROP = "split", "drop"


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """The tail and the probe with few labels, side by side."""
    picture, panels = plt.subplots(1, 2, figsize=(2.1 * COLUMN, 1.15 * COLUMN))
    tags = tables["natural_tags"].query("texts == 'captions'")
    held_out = tables["natural_held_out"].query("texts == 'words'")
    for axes, rows, panel in ((panels[0], tags, _tail), (panels[1], held_out, _few_labels)):
        for name, own in rows.groupby("dataset", sort=False):
            panel(axes, own, str(name))
    panels[0].set(xscale="log", yscale="log", xlabel="images with a caption, at least", ylabel="share of the captions")
    panels[0].set_title("a caption has few images")
    panels[1].set(xscale="log", xlabel="share of the subjects with a label", ylabel="0-1 error on the others")
    panels[1].set_title("a probe with few labels")
    panels[1].set_ylim(bottom=0)  # once all is drawn: it fixes the upper end, too
    panels[1].set_xticks(shares := sorted(held_out["labelled"].unique()), [f"{share:.0%}" for share in shares])
    panels[1].minorticks_off()
    label_line(
        panels[1], 0.97, 0.1, "dotted: no label of the class", NEUTRAL, ha="right", transform=panels[1].transAxes
    )
    panels[0].legend(fontsize=sized(8), loc="lower left")
    return picture, (
        "Left: share of the distinct captions that at least so many images have. Right: 0-1 error of a logistic probe "
        "on the optimal embedding of the graph of the words of captions, on images of subjects whose label it has not "
        f"seen; means over {held_out['split'].nunique()} choices of those subjects, with 95% intervals. Dotted: the "
        "share of images of classes without a seen label, which no probe can get right."
    )


def of_error(verdict: pd.DataFrame) -> pd.DataFrame:
    """The effect of dropped pairs on the error, by rule and share."""
    chosen = (verdict["quantity"] == "error") & (verdict["action"] == DROP)
    found: pd.DataFrame = verdict[chosen]
    return found


def _looks(name: str) -> dict[str, Any]:
    hue, dash, marker = LOOKS.get(name, LATER)
    return {"color": hue, "linestyle": dash, "marker": marker}


def _tail(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    rising = rows.sort_values("images")
    least = rising["n_texts"][::-1].cumsum()[::-1] / rising["n_texts"].sum()
    axes.plot(rising["images"], least, **_looks(name), markersize=2.5, linewidth=1, label=TITLES.get(name, name))


def _few_labels(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    by_share = rows.groupby("labelled")
    mean, half = by_share["held_out_error"].mean(), by_share["held_out_error"].apply(student_half)
    axes.errorbar(mean.index, mean, half, **_looks(name), markersize=4, linewidth=1.2, capsize=2)
    axes.plot(mean.index, by_share["unseen_class"].mean(), **_looks(name) | {"linestyle": ":"}, markersize=3, alpha=0.6)


FIGURE = Figure("Rare captions", ("natural_tags", "natural_held_out"), draw)
