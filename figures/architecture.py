"""*Architecture*: how near the optimum free, linear, MLP and convolutional encoders come, and whence their error."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import COLUMN, label_line, shade_vacuous, sized
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE, VERMILION

LOOKS = {"free": (MEASURED, "-"), "linear": (PURPLE, ":"), "mlp": (CAPTION, "--"), "conv": (NEUTRAL, "-.")}
PARTS = {
    "approximation": (MEASURED, ""),
    "optimisation": (CAPTION, "//"),
    "sampling": (AUGMENTATION, ".."),
    "probe": (VERMILION, "xx"),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Excess loss along training, error and bound along training, and the parts of the final error."""
    table = tables["architecture"]
    picture, panels = plt.subplots(1, 3, figsize=(3.0 * COLUMN, 1.05 * COLUMN))
    whole = table[np.isinf(table["pairs"])]
    for encoder, (color, dash) in LOOKS.items():
        rows = whole[whole["encoder"] == encoder].groupby("step")
        for axes, column in zip(panels, ("excess_loss", "probe_error"), strict=False):
            middle = rows[column].median()
            axes.plot(middle.index, middle, dash, color=color, linewidth=1.8, label=encoder)
        bound = rows["bound"].median()
        panels[1].plot(bound.index, bound, dash, color=color, linewidth=0.9)
    _finish(panels, whole)
    _bars(panels[2], error_parts(table))
    return picture, _caption(table)


def error_parts(table: pd.DataFrame) -> pd.DataFrame:
    """Parts of the held-out error, a row for each seed and encoder: differences of successive errors."""
    last = table[table["step"] == table["step"].max()].set_index(["seed", "encoder"])
    whole, sampled = last[np.isinf(last["pairs"])], last[np.isfinite(last["pairs"])]
    errors = [0.0, whole["optimum_error"], whole["probe_error"], sampled["probe_error"], sampled["held_out_error"]]
    return pd.DataFrame({name: errors[i + 1] - errors[i] for i, name in enumerate(PARTS)}).reset_index()


def _finish(panels: list[Axes], whole: pd.DataFrame) -> None:
    loss, error, _ = panels
    loss.set(yscale="log", title="excess loss over the optimum", xlabel="training steps")
    loss.legend(fontsize=sized(8))
    error.set(yscale="log", ylim=(0.01, 80), title="probe error (thick), its bound (thin)", xlabel="training steps")
    shade_vacuous(error, whole["guess_error"])
    error.axhline(whole["optimum_error"].median(), color="black", linewidth=0.8)
    label_line(error, whole["step"].max(), whole["optimum_error"].median() * 1.1, "optimum", "black", ha="right")


def _bars(axes: Axes, parts: pd.DataFrame) -> None:
    names = list(LOOKS)
    width = 0.8 / len(PARTS)
    for place, (part, (color, hatch)) in enumerate(PARTS.items()):
        by_encoder = parts.groupby("encoder")[part]
        middle, low, high = (by_encoder.quantile(q).loc[names].to_numpy() for q in (0.5, 0, 1))
        places = np.arange(len(names)) + (place - 1.5) * width
        axes.bar(places, middle, width, color=color, hatch=hatch, edgecolor="white", label=part)
        axes.errorbar(places, middle, [middle - low, high - middle], fmt="none", color="black", linewidth=0.8)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(names)), names)
    axes.set(title="parts of the held-out error", ylabel="0-1 error")
    axes.set_ylim(top=1.25 * axes.get_ylim()[1])
    axes.legend(fontsize=sized(7), ncols=2)


def _caption(table: pd.DataFrame) -> str:
    pairs, checks = table["pairs"].min(), len(table)
    return (
        f"Encoders of one world's captions{with_settings(table, ' (noise {noise:g}), k = {k}')}, spectral loss"
        f"{with_settings(table, ', {optimizer}')}; medians of {table['seed'].nunique()} seeds, ranges on bars. Parts "
        "of the error: the optimum's; what training on all pairs adds (negative where what images look like helps); "
        f"what training on {pairs:.0f} pairs adds; what a probe of {with_settings(table, '{labelled} ')}labels adds, "
        f"judged on the rest. {int(table['violated'].sum())} violations of a bound in {checks} logged steps."
    )


FIGURE = Figure("Architecture", ("architecture",), draw)
