"""Figure 7, *Label energy*: why the bound is loose on one graph and tight on another."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.style import COLUMN, label_line
from pairbounds.infrastructure.palette import BOUND, MEASURED, PALE_BLUE

BINS = [i / 25 for i in range(26)]
WIDTH = 100  # of the emoji embedding
NAMES = ("probe-mse", "sharp-probe-mse", "multihop-mse")


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Draw, for each label set, what each part of the spectrum adds to the error and to the bound of theorem 4."""
    bounds, energy = tables["emoji_bounds"], tables["emoji_energy"]
    picture, panels = plt.subplots(1, 2, figsize=(2.2 * COLUMN, COLUMN), sharey=True)
    words = []
    for axes, labels in zip(panels, ("category", "subcategory"), strict=True):
        rows = energy[energy["labels"] == labels].sort_values("singular_value", ascending=False)
        width = min(WIDTH, len(rows) - 1)
        words.append(_panel(axes, rows, bounds[bounds["labels"] == labels], width, labels))
    panels[0].set_ylabel("label energy in a bin")
    return picture, (
        "Label energy against the eigenvalue of the induced pairs. Left of the line, at the (k+1)-th, it is the "
        "squared error of the probe (dark). Theorem 4 is tight where all of α_T is spent just left of the line. What "
        "lies right of the line but below 1 (light) spends α_T on no error, and what lies far left of it costs more "
        f"α_T than an error at the line would: both make the bound loose. {' '.join(words)}"
    )


def _panel(axes: Axes, rows: pd.DataFrame, bounds: pd.DataFrame, width: int, labels: str) -> str:
    squared, energy = rows["singular_value"].to_numpy() ** 2, rows["label_energy"].to_numpy()
    alpha, edge = float(np.sum((1 - squared) * energy)), float(squared[width])
    tail = squared <= edge
    axes.hist(squared[tail], BINS, weights=energy[tail], color=MEASURED)
    axes.hist(squared[~tail], BINS, weights=energy[~tail], color=MEASURED, alpha=0.35)
    axes.axvline(edge, color=BOUND, linestyle="--", linewidth=1)
    spent = [float(np.sum(((1 - squared) * energy)[part])) / alpha for part in (tail, ~tail)]
    axes.set(title=f"emoji, {labels}, k = {width}", xlabel=r"$\sigma_i^2$", xlim=(0, 1))
    label_line(axes, edge - 0.02, axes.get_ylim()[1] * 0.9, r"$\sigma_{k+1}^2$", BOUND, ha="right")
    label_line(
        axes,
        0.03,
        0.55,
        f"error: energy {energy[tail].sum():.2f},\n{spent[0]:.0%} of $\\alpha_T$",
        MEASURED,
        transform=axes.transAxes,
    )
    label_line(
        axes,
        0.03,
        0.75,
        f"no error: energy {energy[~tail].sum():.2f},\n{spent[1]:.0%} of $\\alpha_T$",
        PALE_BLUE,
        transform=axes.transAxes,
    )
    chosen = bounds[bounds["k"] == bounds["k"][bounds["k"] <= width].max()].set_index("bound")["value"]
    values = ", ".join(f"{name} {float(chosen[name]):.2f}" for name in NAMES)
    return f"{labels}: error {energy[tail].sum():.2f}, {values}."


FIGURE = Figure("Label energy", ("emoji_bounds", "emoji_energy"), draw)
