"""Figure 8, *Near-optimal*: the bounds on imperfect encoders following a training run."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.steps import at_the_end, curve, violations
from pairbounds.figures.style import COLUMN, label_line, shade_vacuous
from pairbounds.infrastructure.palette import BOUND, GREEN, MEASURED, ORANGE, SHARP_BOUND

PANELS = {
    "linear probe": (
        ("near-optimal-error", BOUND, "theorem 7"),
        ("sharp-near-optimal-error", SHARP_BOUND, "7, exact tail"),
        ("trained-error", ORANGE, "theorem 17"),
        ("trained-error-by-margins", GREEN, "17, margins"),
    ),
    "zero-shot": (("zero-shot-any", BOUND, "plain"), ("zero-shot-near-optimal", SHARP_BOUND, "with the gap")),
}
DASHES: tuple[LineStyleType, ...] = ("--", ":", "-.", (0, (5, 1, 1, 1)))
STEP_LIMITS = (8, 1500)
FLOOR = 2e-3  # errors below it, 0 among them, are drawn here


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two panels over the steps of training: probe and zero-shot error, each with its bounds."""
    table = tables["near_optimal"]
    picture, panels = plt.subplots(1, 2, figsize=(2 * COLUMN, COLUMN), sharex=True, sharey=True)
    for axes, (title, curves) in zip(panels, PANELS.items(), strict=True):
        for place, (name, color, label) in enumerate(curves):
            curve(axes, table[table["bound"] == name], "value", color, DASHES[place])
            height = 0.93 - 0.08 * place
            label_line(axes, 0.97, height, label, color, ha="right", va="top", transform=axes.transAxes)
        curve(axes, table[table["bound"] == curves[0][0]], "measured", MEASURED, "-")
        label_line(axes, 0.97, 0.12, "measured", MEASURED, ha="right", transform=axes.transAxes)
        shade_vacuous(axes, table["guess"], label_at=9 if axes is panels[0] else None)
        axes.set(
            xscale="log", yscale="log", xlim=STEP_LIMITS, ylim=(FLOOR / 1.3, 60), title=title, xlabel="gradient steps"
        )
    panels[0].set_ylabel("0-1 error, or its bound")
    return picture, _caption(table)


def _caption(table: pd.DataFrame) -> str:
    last = at_the_end(table)
    words = ", ".join(f"{name} {row['value']:.3f} (measured {row['measured']:.4f})" for name, row in last.items())
    return (
        f"A free embedding trained on one world's captions{with_settings(table, ', k = {k}')}; medians and ranges over "
        f"{table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks violated. At the "
        f"end, medians: {words}."
    )


FIGURE = Figure("Near-optimal", ("near_optimal",), draw)
