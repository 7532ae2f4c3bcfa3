"""Figure 3, *Real images*: bounds and error on emoji captions against k, and where the labels live."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from figures.figure import Figure
from figures.style import BOUND, COLUMN, MEASURED, NEUTRAL, SHARP_BOUND, VACUOUS, label_line

LABEL_SETS = ("category", "subcategory")
QUOTED_WIDTH = 400  # the caption quotes the numbers at the largest width up to this
BINS = [i / 20 for i in range(21)]
ENERGY_LIMIT = 0.35  # the bin at 0, which holds every second eigenvalue, is cut off and its height written
CURVES = (
    ("probe-error", "value", BOUND, "--", "s", r"bound $2\alpha_T/(1-\sigma_{k+1}^2)$"),
    ("sharp-probe-error", "value", SHARP_BOUND, ":", "D", r"sharper bound $2\rho_k/(1-\sigma_{k+1}^2)$"),
    ("probe-error", "measured", MEASURED, "-", "o", "measured probe error"),
)


class Quoted(NamedTuple):
    """The bound of theorem 4, its sharper form and the error, at one width."""

    k: int
    plain: float
    sharp: float
    measured: float


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """For each label set a column: the bounds above, the label energy below."""
    bounds, energy = tables["emoji_bounds"], tables["emoji_energy"]
    picture, panels = plt.subplots(2, 2, figsize=(2 * COLUMN, 1.6 * COLUMN), sharex="row", sharey="row")
    for column, labels in enumerate(LABEL_SETS):
        chosen = bounds[bounds["labels"] == labels]
        _bounds_panel(panels[0, column], chosen, labels)
        _energy_panel(panels[1, column], energy[energy["labels"] == labels])
    panels[0, 0].set_ylabel("probability of error, or its bound")
    panels[1, 0].set_ylabel("share")
    return picture, _caption(bounds, energy)


def _bounds_panel(axes: Axes, rows: pd.DataFrame, labels: str) -> None:
    axes.axhspan(1, 50, color=VACUOUS, zorder=0)
    axes.text(1.1, 1.12, "vacuous", color=NEUTRAL, fontsize=8)
    for name, column, color, dash, marker, label in CURVES:
        curve = rows[rows["bound"] == name].replace(np.inf, np.nan)
        axes.plot(curve["k"], curve[column], dash, color=color, marker=marker, markersize=3, label=label)
    axes.set(xscale="log", yscale="log", ylim=(1e-3, 50), xlabel="width of the embedding k")
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    axes.set_yticks([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
    axes.minorticks_off()
    axes.set_title(f"emoji, labels: {labels}")
    if labels == LABEL_SETS[0]:
        axes.legend(loc="lower left", fontsize=7.5)


def _energy_panel(axes: Axes, rows: pd.DataFrame) -> None:
    squared = rows["singular_value"] ** 2
    axes.hist(squared, BINS, weights=rows["label_energy"], color=MEASURED, alpha=0.85)
    axes.hist(squared, BINS, weights=np.full(len(rows), 1 / len(rows)), histtype="step", color="black", linewidth=1)
    axes.set(xlabel=r"$\sigma_i^2$, eigenvalue of the induced pairs", xlim=(0, 1), ylim=(0, ENERGY_LIMIT))
    label_line(axes, 0.83, 0.2, "label energy $c_i$", MEASURED, ha="right")
    label_line(axes, 0.11, 0.05, "eigenvalues", "black")
    lowest = float(np.mean(squared < BINS[1]))
    axes.text(0.07, 0.93 * ENERGY_LIMIT, f"↑ {lowest:.2f} of all eigenvalues", fontsize=8, va="top")


def quoted(bounds: pd.DataFrame, labels: str) -> Quoted:
    """What is quoted of one label set."""
    k = int(bounds["k"][bounds["k"] <= QUOTED_WIDTH].max())
    rows = bounds[(bounds["labels"] == labels) & (bounds["k"] == k)]
    plain, sharp = (rows[rows["bound"] == name] for name in ("probe-error", "sharp-probe-error"))
    return Quoted(k, plain["value"].item(), sharp["value"].item(), plain["measured"].item())


def components(energy: pd.DataFrame) -> int:
    """How often σ is 1: in so many parts the graph falls."""
    return int((energy[energy["labels"] == LABEL_SETS[0]]["singular_value"] > 1 - 1e-9).sum())


def images(energy: pd.DataFrame) -> int:
    """How many images the graph is of."""
    return len(energy) // len(LABEL_SETS)


def _caption(bounds: pd.DataFrame, energy: pd.DataFrame) -> str:
    ones, words = components(energy), []
    for labels in LABEL_SETS:
        found = quoted(bounds, labels)
        words.append(
            f"{labels}, k = {found.k}: bound {found.plain:.2f}, sharper bound {found.sharp:.2f}, "
            f"measured {found.measured:.3f}"
        )
    return (
        f"The exact caption graph of {images(energy):,} emoji images and their names and keywords. "
        f"{'; '.join(words)}. σ = 1 {ones} times, "
        f"so that no bound is finite for k below {ones}. Below: the share of label "
        "energy in each range of eigenvalues (filled) and the share of the eigenvalues themselves (outline)."
    )


FIGURE = Figure("Real images", ("emoji_bounds", "emoji_energy"), draw)
