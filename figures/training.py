"""Figure 4, *Training finds the optimum*: excess loss, subspace angle and probe error along training."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, label_line
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION

LOOKS = {"caption": (CAPTION, "-"), "augmentation": (AUGMENTATION, "--")}
EARLY_STEPS = 300  # after these the probe error moves no more
ROUND_OFF = 1e-13  # the loss is of order 10: an excess below this is noise
PANELS = {
    "excess_loss": "excess loss over\nthe optimum",
    "subspace_angle": "largest angle to the top-k\nsingular subspace (degrees)",
    "probe_error": "probe error (thin\nlevel line: optimum)",
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Three panels over the steps of training; a thin line for each seed, a thick one for the median."""
    table = tables["training"]
    picture, panels = plt.subplots(1, 3, figsize=(2.2 * COLUMN, 0.85 * COLUMN))
    for axes, (column, label) in zip(panels, PANELS.items(), strict=True):
        for pairs, (color, dash) in LOOKS.items():
            _curves(axes, table[table["pairs"] == pairs], column, color, dash)
        axes.set(title=label, xlabel="gradient steps")
    _finish_scales(panels, table)
    return picture, _caption(table)


def _curves(axes: Axes, rows: pd.DataFrame, column: str, color: str, dash: str) -> None:
    by_seed = rows.pivot_table(index="step", columns="seed", values=column)
    floor = ROUND_OFF if column == "excess_loss" else None
    axes.plot(by_seed.index, by_seed.clip(lower=floor), color=color, alpha=0.25, linewidth=0.7)
    axes.plot(by_seed.index, by_seed.median(axis=1).clip(lower=floor), dash, color=color, linewidth=2)


def _finish_scales(panels: list[Axes], table: pd.DataFrame) -> None:
    loss, angle, error = panels
    loss.set(yscale="log", ylim=(ROUND_OFF / 2, 20))
    angle.set(yscale="log", ylim=(1e-6, 150))
    error.set(yscale="log", xlim=(-8, EARLY_STEPS), ylim=(2e-3, 1))
    error.set_yticks([0.003, 0.01, 0.03, 0.1, 0.3, 1], ["0.003", "0.01", "0.03", "0.1", "0.3", "1"])
    for pairs, (color, _) in LOOKS.items():
        error.axhline(table[table["pairs"] == pairs]["optimum_error"].median(), color=color, linewidth=0.8)
    label_line(error, 0.97, 0.55, "augmentation", AUGMENTATION, ha="right", transform=error.transAxes)
    label_line(error, 0.97, 0.25, "captions", CAPTION, ha="right", transform=error.transAxes)
    for axes in panels:
        axes.minorticks_off()


def at_the_end(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last step."""
    last: pd.DataFrame = table[table["step"] == table["step"].max()]
    return last


def _caption(table: pd.DataFrame) -> str:
    last = at_the_end(table)
    return (
        f"Trained on exact gradients of the population loss"
        f"{with_settings(table, ' ({encoder} encoder, k = {k}, {loss} loss, {optimizer}, momentum {momentum:g})')}, "
        f"{last['seed'].nunique()} seeds. After {last['step'].max()} steps the excess loss is at most "
        f"{last['excess_loss'].max():.1e} and the angle {last['subspace_angle'].max():.2g} degrees."
    )


FIGURE = Figure("Training finds the optimum", ("training",), draw)
