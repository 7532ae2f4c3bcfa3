"""*The ladder*: bounds of each theorem on the 0-1 error of the optimum's probe, on emoji and on worlds."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import THEOREMS, label_line, shade_vacuous, subplots
from pairbounds.figures.summaries import Estimate, mean_and_half
from pairbounds.infrastructure.pictures import MEASURED, NEUTRAL, VACUOUS

BLANK = {"facecolor": "white", "edgecolor": "none", "pad": 0}  # background of text over lines
GUESS = "guessing the largest class"
TRUE_SQUARE = r"$2\,\varepsilon_2$, twice the true squared error"


RUNGS = {  # label and look
    "probe-error": ("theorem 4", THEOREMS[4]),
    "multihop-error": ("theorem 15", THEOREMS[15]),
    "local-multihop-error": ("theorem 16", THEOREMS[16]),
    "trained-error": ("theorem 17, at the optimum", THEOREMS[17]),
}
VECTORS = ("trained-error", "square")  # need eigenvectors


class Step(NamedTuple):
    """A rung on worlds: points where it beats guessing, and the mean of min(bound, 1) minus the measured error.

    Half the 95% interval is over worlds.
    """

    beats: int
    excess: float
    half: float


def draw(tables: Tables) -> Drawing:
    """Left panel: bounds against the width on emoji. Right panel: mean excess over the measured error on worlds."""
    emoji, points = on_emoji(tables["emoji_bounds"]), world_points(tables["bound_holds"])
    picture, (left, right) = subplots(1, 2, size=(2.5, 1.1), width_ratios=[1.25, 1])
    _curves(left, emoji)
    _bars(right, on_worlds(points), len(points))
    return picture, (
        "Bounds on the 0-1 error of the linear probe at the optimum; a tie is an error. Left: the caption graph of "
        "emoji, one graph without spread. Grey: no better than guessing the largest class. Right: mean of the bound, "
        f"at most 1, minus the error, over {len(points)} points (graph and width) of random worlds, with 95% intervals "
        "over worlds; dotted, guessing."
    )


def on_emoji(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each width; columns for each rung, twice the squared error, the 0-1 error and guessing."""
    rows = table[table["labels"] == "category"]
    wide = rows.pivot_table(index="k", columns="bound", values="value")[list(RUNGS)]
    measured = rows.pivot_table(index="k", columns="quantity", values="measured")
    guess = rows[rows["bound"] == "probe-error"].set_index("k")["guess"]
    return wide.assign(square=2 * measured["probe_mse"], true=measured["probe_error"], guess=guess)


def world_points(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each graph and width of the worlds; columns as in `on_emoji`."""
    key = ["seed", "pairs", "k"]
    wide = table.pivot_table(index=key, columns="bound", values=["value", "measured", "guess"])
    points = pd.DataFrame({name: wide["value", name] for name in RUNGS})
    plain = "probe-error"
    square = 2 * wide["measured", "multihop-mse"]
    return points.assign(square=square, true=wide["measured", plain], guess=wide["guess", plain])


def on_worlds(points: pd.DataFrame) -> dict[str, Step]:
    """Steps on the worlds for each rung, twice the squared error, and guessing."""
    return {
        name: Step(int((points[name] < points["guess"]).sum()), *_excess(points, name))
        for name in (*RUNGS, "square", "guess")
    }


def _excess(points: pd.DataFrame, name: str) -> Estimate:
    """Mean excess, and half its interval over worlds: points of one world are not independent."""
    excess = points[name].clip(upper=1) - points["true"]
    mean, by_world = float(excess.mean()), excess.groupby("seed")
    deviations = by_world.sum() - mean * by_world.size()  # of a ratio of sums
    return mean, mean_and_half(deviations / by_world.size().mean())[1]


def _curves(axes: Axes, emoji: pd.DataFrame) -> None:
    for name, (label, (color, dash, _)) in RUNGS.items():
        axes.plot(emoji[name], linestyle=dash, color=color, label=label)
    axes.plot(emoji["square"], "-", color=NEUTRAL, linewidth=1, label=TRUE_SQUARE)
    axes.plot(emoji["true"], "-o", color=MEASURED, markersize=3)
    axes.set(
        xscale="log",
        xlim=(max(10, emoji.index.min()), emoji.index.max()),
        ylim=(0, 1.05),
        xlabel="width k",
        ylabel="0-1 error of the probe, or its bound",
        title="captions of emoji, by category",
    )
    shade_vacuous(axes, emoji["guess"])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize="small", ncols=3)
    label_line(axes, 0.03, 0.36, "measured", MEASURED, transform=axes.transAxes, va="top")


def _bars(axes: Axes, steps: Mapping[str, Step], points: int) -> None:
    places = np.arange(len(steps))[::-1]
    colors = [look.color for _, look in RUNGS.values()] + [NEUTRAL, VACUOUS]
    labels = [*(label for label, _ in RUNGS.values()), TRUE_SQUARE, GUESS]
    _, excess, halves = zip(*steps.values(), strict=True)
    axes.barh(places, excess, xerr=halves, color=colors, height=0.3, error_kw={"linewidth": 1})
    axes.axvline(excess[-1], color=NEUTRAL, linestyle=":", linewidth=1)
    for y, text, (name, step) in zip(places, labels, steps.items(), strict=True):
        text += " (eigenvectors)" if name in VECTORS else ""
        text += "" if name == "guess" else f"\nbelow guessing on {step.beats} of {points}"
        axes.text(0.005, y + 0.17, text, fontsize="small", va="bottom", bbox=BLANK)
    axes.set(
        yticks=[], ylim=(-0.6, len(steps) + 0.1), xlabel="mean of min(bound, 1) - measured error", title="random worlds"
    )


FIGURE = Figure("The ladder", ("bound_holds", "emoji_bounds"), draw)
