"""*Rare captions*: how few images a caption has, what a probe with few labels misses, what dropping pairs does."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.natural_captions import TITLES
from pairbounds.figures.style import COLUMN, label_line, sized
from pairbounds.infrastructure.palette import BOUND, GREEN, MEASURED, NEUTRAL, ORANGE, PURPLE
from pairbounds.theory.quantities.confidence import student_half

LOOKS = {"emoji": (MEASURED, "-", "o"), "openclipart": (ORANGE, "--", "s"), "tuxpaint": (GREEN, "-.", "^")}
LATER = (NEUTRAL, ":", "D")  # of a data set that is new
RULES = {"leak": (BOUND, "o"), "hubs": (PURPLE, "s")}
SPLIT, DROP = "split", "drop"


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """The tail, the probe with few labels, and the verdict on dropping pairs, side by side."""
    picture, panels = plt.subplots(1, 3, figsize=(3.1 * COLUMN, 1.15 * COLUMN))
    tags = tables["natural_tags"].query("texts == 'captions'")
    held_out = tables["natural_held_out"].query("texts == 'words'")
    for axes, rows, panel in ((panels[0], tags, _tail), (panels[1], held_out, _few_labels)):
        for name, own in rows.groupby("dataset", sort=False):
            panel(axes, own, str(name))
    verdict = of_error(tables["natural_what_if"])
    _what_if(panels[2], verdict)
    panels[0].set(xscale="log", yscale="log", xlabel="images with a caption, at least", ylabel="share of the captions")
    panels[0].set_title("a caption has few images")
    panels[1].set(xscale="log", xlabel="share of the subjects with a label", ylabel="error on the others")
    panels[1].set_title("a probe with few labels")
    panels[1].set_ylim(bottom=0)  # once all is drawn: it fixes the upper end, too
    panels[1].set_xticks(shares := sorted(held_out["labelled"].unique()), [f"{share:.0%}" for share in shares])
    panels[1].minorticks_off()
    panels[0].legend(fontsize=sized(8), loc="lower left")
    return picture, _caption(held_out, verdict)


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


def _what_if(axes: Axes, rows: pd.DataFrame) -> None:
    for number, (rule, own) in enumerate(rows.groupby("rule", sort=False)):
        hue, marker = RULES.get(str(rule), (NEUTRAL, "D"))
        x = own["share"] * (1 + 0.06 * (number - 0.5))
        ends = np.array([own["difference"] - own["low"], own["high"] - own["difference"]])
        axes.errorbar(x, own["difference"], ends, fmt=marker, color=hue, markersize=4, linewidth=1.2, label=rule)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="share of the pairs that is dropped", ylabel="error, minus that of random choice")
    axes.set_xticks(shares := sorted(rows["share"].unique()), [f"{share:.0%}" for share in shares])
    axes.minorticks_off()
    axes.set_title(f"dropping pairs: {', '.join(TITLES.get(n, n) for n in rows['dataset'].unique())}")
    axes.legend(fontsize=sized(8), title="dropped first", title_fontsize=sized(8), loc="upper left")
    label_line(axes, 0.03, 0.03, "below 0: better than random", NEUTRAL, transform=axes.transAxes)


def _caption(held_out: pd.DataFrame, verdict: pd.DataFrame) -> str:
    return (
        "Left: the share of the distinct captions that at least so many images have. Middle: "
        "the error of a logistic probe on the optimal embedding of the graph by words, on images of subjects whose "
        f"label it has not seen, over {held_out['split'].nunique()} choices of those that it has, with 95% intervals; "
        "dotted, the images of a class of which it has seen no label, which no probe can get right. Right: the error "
        "when a rule that saw the labels of half of the images drops pairs of the other half, minus that of the best "
        f"random choice; intervals at 95% over all cases together. {verdict['beats_random'].sum()} of {len(verdict)} "
        "cases beat random choice."
    )


FIGURE = Figure("Rare captions", ("natural_tags", "natural_held_out", "natural_what_if"), draw)
