"""The figure of `what_if`: what moves as pairs are dropped or captions split, measured and bounded."""

from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pairbounds.infrastructure.palette import EDGE, GREEN, NEUTRAL, ORANGE, PURPLE, SKY_BLUE
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.real_data.audit.drawing import COLUMN, STYLE

CURVES = ("what_if.pdf", "what_if.png")
LINES = {
    "leak": (ORANGE, "o"),
    "hubs": (PURPLE, "s"),
    "low similarity": (SKY_BLUE, "^"),
    "oracle": (GREEN, "D"),
    "random pairs": (NEUTRAL, "x"),
    "random captions": (EDGE, "+"),
}
PANELS = {
    "alpha_t": r"$\alpha_T$",
    "gap": r"gap, $1 - \sigma_{k+1}^2$",
    "bound_theorem_16": "theorem 16 on the error (bound)",
    "error": "error of the probe (measured)",
}
ACTIONS = {"drop": "pairs dropped", "split": "pairs of split captions"}


def draw_curves(curves: pd.DataFrame, out: Path) -> None:
    """Draw the curves of an outcome into `out`/what_if.pdf and `out`/what_if.png.

    A bound is dashed with hollow marks. Lines are means over halves; the bands of the random controls are one standard
    deviation over halves and draws.
    """
    with rc_context(STYLE):
        picture = Figure(figsize=(3.2 * COLUMN, 1.6 * COLUMN))
        panels = picture.subplots(len(ACTIONS), len(PANELS), sharex=True, sharey="col")
        for row, action in zip(panels, ACTIONS, strict=True):
            for axes, quantity in zip(row, PANELS, strict=True):
                _curves(axes, curves, action, quantity)
            row[0].set_ylabel(ACTIONS[action])
        for axes, title in zip(panels[0], PANELS.values(), strict=True):
            axes.set_title(title)
            axes.set_ylim(bottom=0)  # of both rows
        for axes in panels[-1]:
            axes.set_xlabel("share of the pairs (%)")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        picture.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        for name in CURVES:
            save_picture(picture, out / name)


def _curves(axes: Axes, curves: pd.DataFrame, action: str, quantity: str) -> None:
    is_bound = quantity.startswith("bound")
    start = curves.loc[curves["action"] == "none", quantity].mean()
    for rule, (colour, marker) in LINES.items():
        rows = curves[(curves["action"] == action) & (curves["rule"] == rule)]
        if rows.empty:
            continue
        by_share = rows.groupby("share")[quantity]
        mean, spread = by_share.mean(), by_share.std()
        x, y = [0, *(100 * mean.index)], [start, *mean]
        filling = "none" if is_bound else colour
        style = "--" if is_bound else "-"
        axes.plot(x, y, style, color=colour, marker=marker, markerfacecolor=filling, markersize=4, label=rule)
        if rule.startswith("random"):
            axes.fill_between(100 * mean.index, mean - spread, mean + spread, color=colour, alpha=0.15, linewidth=0)
