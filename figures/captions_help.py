"""*Why captions help*: caption pairs against augmentation pairs as augmentation grows stronger."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import label_line, number_ticks, shade_vacuous, subplots
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.pictures import AUGMENTATION, CAPTION, NEUTRAL

BAND = (0.05, 0.95)  # quantiles over seeds
CEILING = 12.0  # largest bound that is drawn
ERROR_STEP = 1 / 320  # one image of the world: the scale is linear below it
PANELS = {
    "induced_labelling_error": r"induced labelling error $\alpha_T$",
    "next_singular_value": r"connectivity: $\sigma_{k+1}$ (smaller is better)",
    "bound": r"bound $2\alpha_T/(1-\sigma_{k+1}^2)$",
    "probe_error": "measured probe error",
}


def draw(tables: Tables) -> Drawing:
    """Four panels with a common axis of augmentation strengths."""
    table = tables["captions_help"]
    augmentation, caption = by_pairs(table)
    best, *_ = paired(table)
    picture, panels = subplots(2, 2, size=(2, 1.5), sharex=True)
    for axes, (column, label) in zip(panels.flat, PANELS.items(), strict=True):
        _panel(axes, augmentation, caption, column)
        axes.axvline(best, color=NEUTRAL, linestyle=":", linewidth=1)
        axes.set_title(label)
    for axes in panels[1]:
        axes.set_xlabel("augmentation strength (dimensionless)")
    _finish_scales(panels)
    shade_vacuous(panels[1, 0], table["guess_error"], label_at=0.21)
    label_line(panels[0, 1], 1.08 * best, 0.76, "sweet spot", NEUTRAL)
    return picture, _caption(table)


def by_pairs(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of augmentation, and rows of captions."""
    return table[table["pairs"] == "augmentation"], table[table["pairs"] == "caption"]


def paired(table: pd.DataFrame) -> tuple[float, float, float]:
    """Strength of least mean error, and the error of captions minus augmentation there: mean, half its interval."""
    augmentation, caption = by_pairs(table)
    by_strength = augmentation.pivot(index="seed", columns="strength", values="probe_error")
    best = float(by_strength.columns[int(by_strength.mean().argmin())])
    return best, *mean_and_half(caption.set_index("seed")["probe_error"] - by_strength[best])


def _panel(axes: Axes, augmentation: pd.DataFrame, caption: pd.DataFrame, column: str) -> None:
    by_strength = augmentation.groupby("strength")[column]
    middle = by_strength.median().replace(np.inf, np.nan)
    low, high = (by_strength.quantile(q, interpolation="nearest").clip(upper=10 * CEILING) for q in BAND)
    axes.fill_between(middle.index, low, high, color=AUGMENTATION, alpha=0.3, linewidth=0)
    axes.plot(middle, color=AUGMENTATION, marker="^", markersize=3)
    axes.axhspan(*caption[column].quantile(list(BAND)), color=CAPTION, alpha=0.3, linewidth=0)
    axes.axhline(caption[column].median(), color=CAPTION, linestyle="--")


def _finish_scales(panels: np.ndarray) -> None:
    alpha, sigma, bound, error = panels.flat
    alpha.set(xscale="log", ylim=(-0.02, 0.7))
    label_line(alpha, 4.2, 0.56, "augmentation", AUGMENTATION, ha="right")
    label_line(alpha, 0.21, 0.1, "captions", CAPTION)
    sigma.set_ylim(0.75, 1.01)
    bound.set(yscale="log", ylim=(0.2, CEILING))
    bound.text(0.185, 3.3, "infinite:\nmore than k\ncomponents", color=NEUTRAL, fontsize="small")
    number_ticks(bound, y=(0.2, 0.5, 1, 2, 5, 10))
    error.set_yscale("symlog", linthresh=ERROR_STEP)
    error.set_ylim(-ERROR_STEP / 4, 1.1)
    number_ticks(error, x=(0.2, 0.5, 1, 2, 5), y=(0, 0.003, 0.01, 0.03, 0.1, 0.3, 1))


def _caption(table: pd.DataFrame) -> str:
    _, mean, half = paired(table)
    return (
        f"One world{with_settings(table, ', k = {k}')}, lines are medians over {table['seed'].nunique()} seeds, bands "
        f"5% to 95% quantiles. Weak augmentation leaves the graph in pieces, strong augmentation joins classes. "
        f"Dotted: the strength between them with the least mean error, where captions minus augmentation is "
        f"{mean:+.4f} ± {half:.4f} on average."
    )


FIGURE = Figure("Why captions help", ("captions_help",), draw)
