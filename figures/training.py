"""*Loss and encoder*: encoders with other losses and architectures, and the bound on the spectral optimum."""

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import SHARPER, THEOREMS, label_line, number_ticks, plot_spread, shade_vacuous, subplots
from pairbounds.infrastructure.pictures import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE

LOSSES = {
    "spectral": ("spectral", MEASURED, "o"),
    "induced_spectral": ("spectral on induced pairs", MEASURED, "x"),
    "nt_xent": ("NT-Xent on induced pairs", AUGMENTATION, "v"),
    "infonce": ("InfoNCE", NEUTRAL, "s"),
    "clip": ("CLIP", CAPTION, "D"),
}
ENCODERS = {"free": (MEASURED, "-"), "linear": (PURPLE, ":"), "mlp": (CAPTION, "--")}
BOUNDS = {
    "bound": ("theorem 4", *THEOREMS[4][:2]),
    "sharp_bound": ("theorem 4, sharper form", THEOREMS[4].color, SHARPER),
}
LEAST = 1e-3  # smaller errors are drawn at this value
SLOPE = 17  # degrees: slope of the drawn bounds


def draw(tables: Tables) -> Drawing:
    """Probe error of each loss against caption noise, with bounds; probe error of each encoder during training."""
    table = tables["training"]
    final = table.query("step == step.max()")
    losses, noise = final.query("encoder == 'free'"), table.query("encoder != 'free'")["noise"].iloc[0]
    encoders = table.query(f"loss == 'spectral' and noise == {noise}")
    above = (losses["probe_error"] > losses["bound"]).sum()
    picture, (left, right) = subplots(1, 2, size=(2.3, 1.15), sharey=True)
    _losses(left, losses)
    _encoders(right, encoders)
    left.set_ylabel("probe error, or its bound")
    return picture, (
        f"Encoders of one world's captions{with_settings(table, ', k = {k}, {optimizer}')}, medians of "
        f"{table['seed'].nunique()} seeds. Left: free embeddings, trained with each loss; bands are ranges. "
        f"{above} of {len(losses)} runs are above theorem 4, which bounds the optimum of the spectral loss. "
        f"Right: the spectral loss, at a noise of {noise:g}. {int(final['violated'].sum())} claims "
        f"about every encoder are violated by {len(final)} trained ones."
    )


def _losses(axes: Axes, rows: pd.DataFrame) -> None:
    for loss, (label, color, marker) in LOSSES.items():
        errors = rows[rows["loss"] == loss].groupby("noise")["probe_error"]
        plot_spread(axes, errors, color, least=LEAST, alpha=0.12, marker=marker, markersize=4, linewidth=1, label=label)
    for column, (label, color, dash) in BOUNDS.items():
        middle = rows.groupby("noise")[column].median()
        axes.plot(middle, linestyle=dash, color=color, linewidth=2)
        left, height = middle.index[0], middle.iloc[0] * 1.2
        label_line(axes, left, height, label, color, rotation=SLOPE, rotation_mode="anchor")
    shade_vacuous(axes, rows["guess_error"])
    axes.set(xscale="log", yscale="log", ylim=(LEAST, 12), title="losses", xlabel="caption noise (probability)")
    number_ticks(axes, x=middle.index)
    axes.legend(loc="lower right", fontsize="small", handlelength=1.5)


def _encoders(axes: Axes, rows: pd.DataFrame) -> None:
    for encoder, (color, dash) in ENCODERS.items():
        middle = rows[rows["encoder"] == encoder].groupby("step")["probe_error"].median()
        axes.plot(middle, dash, color=color, linewidth=1.8, label=encoder)
    optimum = rows["optimum_error"].median()
    axes.axhline(optimum, color="black", linewidth=0.8)
    label_line(axes, rows["step"].max(), optimum * 1.1, "optimum", "black", ha="right")
    axes.set(title="encoders", xlabel="training steps")
    axes.legend(loc="lower right", fontsize="small")


FIGURE = Figure("Loss and encoder", ("training",), draw)
