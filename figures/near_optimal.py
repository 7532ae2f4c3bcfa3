"""*Near-optimal*: bounds on trained encoders, during two trainings."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.typing import LineStyleType

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import LOOSER, SHARPER, THEOREMS, plot_spread, shade_vacuous, subplots
from pairbounds.infrastructure.pictures import MEASURED

LEAST, MOST = 2e-3, 60.0  # range of the figure; smaller values are drawn at the least
Curves = Mapping[str, tuple[str, str, LineStyleType]]  # label, colour and dash of bounds
OF_A_WIDTH: Curves = {
    "sharp-near-optimal-error": ("theorem 7", *THEOREMS[7][:2]),
    "trained-error": ("theorem 17", *THEOREMS[17][:2]),
    "trained-error-by-margins": ("theorem 17, by margins", THEOREMS[17].color, SHARPER),
}
WITH_A_PENALTY: Curves = {
    "penalised-encoder-mse-by-duality": ("theorem 18, by hops and duality gap", THEOREMS[18].color, LOOSER),
    "multihop-penalised-encoder-mse": ("theorem 18, by hops", *THEOREMS[18][:2]),
    "penalised-encoder-mse": ("theorem 18, by label energy", THEOREMS[18].color, SHARPER),
}


def draw(tables: Tables) -> Drawing:
    """A panel for each training: error of a linear probe and its bounds, against the step."""
    table = tables["near_optimal"]
    picture, (left, right) = subplots(1, 2, size=(2, 1), sharex=True, sharey=True)
    _panel(left, table[~table["penalised"]], OF_A_WIDTH, "0-1 error, without a penalty", label_at=450)
    _panel(right, table[table["penalised"]], WITH_A_PENALTY, "squared error, with a penalty")
    left.set_ylabel("error of a linear probe, or its bound")
    sizes = with_settings(table, ", k = {k} or, with a penalty μ = {penalty:g}, {wide}")
    final = table[(table["step"] == table["step"].max()) & ~table["penalised"]]
    return picture, (
        f"Free embeddings trained on one world's captions{sizes}; medians and ranges over {table['seed'].nunique()} "
        f"seeds. {(~table['holds']).sum()} of {len(table)} (step, bound) checks violated. Without a penalty the excess "
        f"loss is {final['excess_loss'].max():.1e} after {table['step'].max()} steps."
    )


def _panel(axes: Axes, rows: pd.DataFrame, curves: Curves, title: str, label_at: float | None = None) -> None:
    for bound, (label, color, dash) in curves.items():
        values = rows[rows["bound"] == bound].groupby("step")["value"]
        plot_spread(axes, values, color, least=LEAST, linestyle=dash, linewidth=1.8, label=label)
    errors = rows[rows["bound"] == [*curves][-1]]
    plot_spread(axes, errors.groupby("step")["measured"], MEASURED, least=LEAST, linewidth=1.8, label="measured")
    shade_vacuous(axes, errors["guess"], label_at)
    axes.legend(loc="upper right", fontsize="small")
    axes.set(xscale="log", yscale="log", xlim=(8, 1500), ylim=(LEAST / 1.3, MOST), title=title, xlabel="gradient steps")


FIGURE = Figure("Near-optimal", ("near_optimal",), draw)
