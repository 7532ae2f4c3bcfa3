"""*From image pairs*: errors of encoders learned from n image pairs, and theorems 42 and 43."""

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import LOOSER, SHARPER, THEOREMS, plot_spread, shade_vacuous, subplots
from pairbounds.infrastructure.pictures import MEASURED

COLOR, DASH, _ = THEOREMS[43]
CURVES = {
    "mse": ("measured", MEASURED, "-"),
    "mse_43": ("theorem 43, these pairs", COLOR, DASH),
    "mse_43_by_hops": ("theorem 43″, these pairs, by hops", COLOR, SHARPER),
    "mse_43_certified": ("theorem 43′, certified", COLOR, LOOSER),
}
BOUNDS = ("mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified")
KINDS = ["features", "dimensions"]


def draw(tables: Tables) -> Drawing:
    """Squared errors against the number of pairs; a panel for each kind and number of features."""
    table = tables["from_pairs"]
    panels = table.groupby(KINDS, sort=False)
    picture, row = subplots(1, panels.ngroups, size=(0.9 * panels.ngroups, 1), sharey=True, squeeze=False)
    for axes, ((features, count), rows) in zip(row[0], panels, strict=True):
        _draw_panel(axes, rows)
        axes.set(
            ylim=(0.95 * table["mse"].min(), 1.05), title=f"{features}, {count} components", xlabel="image pairs n"
        )
    row[0, 0].set_ylabel("squared error of the probe, or its bound")
    labels = row[0, 0].get_legend_handles_labels()
    picture.legend(*labels, loc="outside lower center", ncols=panels.ngroups + 1, fontsize="small")
    violated = sum(int((table[bound] < table["mse"]).sum()) for bound in BOUNDS)
    return picture, (
        "Encoders linear in principal components, learned from n image pairs drawn for captions of emoji"
        f"{with_settings(table, ': {images:,} images, k = {k}, level {level:g}')}. Medians and ranges over "
        f"{table['seed'].nunique()} draws; shaded, guessing. Bounds below the measured error: {violated} of "
        f"{len(BOUNDS) * len(table)}."
    )


def _draw_panel(axes: Axes, rows: pd.DataFrame) -> None:
    for column, (label, color, dash) in CURVES.items():
        by_pairs = rows.groupby("n_pairs")[column]
        plot_spread(axes, by_pairs, color, linestyle=dash, linewidth=1.6, label=label)
    axes.axhline(rows["mse_42"].iloc[0], color=THEOREMS[42].color, linewidth=0.8, label="theorem 42, population")
    axes.set_xscale("log")
    shade_vacuous(axes, rows["guess"])


FIGURE = Figure("From image pairs", ("from_pairs",), draw)
