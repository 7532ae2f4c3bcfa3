"""Figure *Votes of InfoNCE*: what the excess loss of a critic says of its votes, along training."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Figure
from pairbounds.figures.steps import at_the_end, curve, violations
from pairbounds.figures.style import COLUMN, label_line, shade_vacuous
from pairbounds.infrastructure.palette import BOUND, MEASURED, SHARP_BOUND

PANELS = {
    "vote of the captions": ("zero-shot-vote", "zero-shot-vote-by-node"),
    "vote of the images": ("vote", "vote-by-node"),
    "vote of the other images": (None, "vote-of-others"),
}
LOOKS: tuple[tuple[str, LineStyleType, str], ...] = ((BOUND, "--", "Φ(α, ε)"), (SHARP_BOUND, ":", "by node"))
STEP_LIMITS = (5, 600)
FLOOR = 1e-3  # errors below it, 0 among them, are drawn here


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """A panel for each vote over the steps of training: its error, and the bounds of theorem 20."""
    table = tables["votes"]
    picture, panels = plt.subplots(1, 3, figsize=(2.6 * COLUMN, 0.9 * COLUMN), sharex=True, sharey=True)
    for axes, (title, names) in zip(panels, PANELS.items(), strict=True):
        for (color, dash, _), name in zip(LOOKS, names, strict=True):
            if name is not None:
                curve(axes, table[table["bound"] == name], "value", color, dash, floor=FLOOR)
        curve(axes, table[table["bound"] == names[1]], "measured", MEASURED, "-", floor=FLOOR)
        shade_vacuous(axes, table["guess"])
        axes.set(xscale="log", yscale="log", xlim=STEP_LIMITS, ylim=(FLOOR / 1.3, 1.2), title=title)
        axes.set_xlabel("steps of Adam")
    for height, (color, _, label) in zip((0.81, 0.60), LOOKS, strict=True):
        label_line(panels[0], 0.97, height, label, color, ha="right", transform=panels[0].transAxes)
    label_line(panels[0], 0.03, 0.25, "measured", MEASURED, transform=panels[0].transAxes)
    panels[0].set_ylabel("0-1 error of the vote, or its bound")
    return picture, _caption(table)


def _caption(table: pd.DataFrame) -> str:
    last = at_the_end(table)
    words = ", ".join(f"{name} {row['value']:.3f} (measured {row['measured']:.4f})" for name, row in last.items())
    return (
        f"A free embedding trained by InfoNCE on the captions of a world; medians and ranges over "
        f"{table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks violated. After "
        f"{table['step'].max()} steps the excess loss is {last['vote']['excess_loss']:.1e}; medians: {words}. "
        f"Grey: no better than a guess."
    )


FIGURE = Figure("Votes of InfoNCE", ("votes",), draw)
