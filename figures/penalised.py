"""Figure 10, *A penalty instead of a width*: the bounds on encoders of a penalised loss following a training run."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.steps import at_the_end, curve, violations
from pairbounds.figures.style import COLUMN, label_line, shade_vacuous
from pairbounds.infrastructure.palette import BOUND, MEASURED, NEUTRAL, SHARP_BOUND

PANELS: dict[
    str, tuple[tuple[str, str, LineStyleType, str, float], ...]
] = {  # the bounds, with the height of their names
    "squared error of the linear probe": (
        ("penalised-encoder-mse-by-duality", NEUTRAL, ":", "by hops and the duality gap", 0.74),
        ("multihop-penalised-encoder-mse", BOUND, "--", "by hops", 0.66),
        ("penalised-encoder-mse", SHARP_BOUND, "-.", "by label energy", 0.58),
    ),
    "0-1 error": (
        ("sharp-near-optimal-error", BOUND, "--", "theorem 7", 0.88),
        ("penalised-encoder-error", SHARP_BOUND, "-.", "theorem 18", 0.34),
    ),
}
STEP_LIMITS = (8, 1500)
FLOOR = 2e-3  # values below it, 0 among them, are drawn here


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Two panels over the steps of training: squared and 0-1 error of the probe, each with its bounds."""
    table = tables["penalised"]
    picture, panels = plt.subplots(1, 2, figsize=(2 * COLUMN, COLUMN), sharex=True, sharey=True)
    for axes, (title, curves) in zip(panels, PANELS.items(), strict=True):
        for name, color, dash, label, height in curves:
            curve(axes, table[table["bound"] == name], "value", color, dash)
            label_line(axes, 0.97, height, label, color, ha="right", transform=axes.transAxes)
        rows = table[table["bound"] == curves[0][0]]
        curve(axes, rows, "measured", MEASURED, "-")
        label_line(axes, 0.97, 0.12, "measured", MEASURED, ha="right", transform=axes.transAxes)
        shade_vacuous(axes, rows["guess"], label_at=9 if axes is panels[0] else None)
        axes.set(
            xscale="log", yscale="log", xlim=STEP_LIMITS, ylim=(FLOOR / 1.3, 60), title=title, xlabel="gradient steps"
        )
    panels[0].set_ylabel("error, or its bound")
    return picture, _caption(table)


def _caption(table: pd.DataFrame) -> str:
    words = ", ".join(
        f"{name} {row['value']:.4f} (measured {row['measured']:.4f})" for name, row in at_the_end(table).items()
    )
    return (
        f"A free embedding trained on one world's captions with a penalty on its size"
        f"{with_settings(table, ', k = {k}, μ = {penalty:g}')}; medians and "
        f"ranges over {table['seed'].nunique()} seeds. {violations(table)} of {len(table)} (step, bound) checks "
        f"violated. At the end, medians: {words}."
    )


FIGURE = Figure("A penalty instead of a width", ("penalised",), draw)
