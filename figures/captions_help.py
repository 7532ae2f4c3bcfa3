"""Figure 2, *Why captions help*: caption pairs against augmentation pairs as augmentation grows stronger."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.style import label_line, number_ticks, shade_vacuous, subplots
from pairbounds.figures.summaries import mean_and_half
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL

BAND = (0.05, 0.95)  # quantiles over seeds
CEILING = 12.0  # largest bound that is drawn
ERROR_STEP = 1 / 320  # one image of the world: the scale is linear below it
PANELS = {
    "induced_labelling_error": r"induced labelling error $\alpha_T$",
    "next_singular_value": r"connectivity: $\sigma_{k+1}$ (smaller is better)",
    "bound": r"bound $2\alpha_T/(1-\sigma_{k+1}^2)$",
    "probe_error": "measured probe error",
}


class Comparison(NamedTuple):
    """Medians over seeds of one column for captions and for augmentation at its best strength, and who wins."""

    captions: float
    augmentation: float
    smaller: int
    equal: int
    strengths: int


class Pair(NamedTuple):
    """Strength, mean over seeds of captions minus augmentation at it, and half the 95% interval."""

    strength: float
    mean: float
    half: float


def draw(tables: Tables) -> Drawing:
    """Four panels with a common axis of augmentation strengths."""
    table = tables["captions_help"]
    augmentation, caption = by_pairs(table)
    best = paired(table, "mean").strength
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


def compared(table: pd.DataFrame, column: str) -> Comparison:
    """Compare captions with augmentation at every strength; counts where captions are smaller or equal."""
    augmentation, caption = by_pairs(table)
    ours, theirs = float(caption[column].median()), augmentation.groupby("strength")[column].median()
    smaller, equal = int(np.sum(ours < theirs)), int(np.sum(ours == theirs))
    return Comparison(ours, float(theirs.min()), smaller, equal, len(theirs))


def paired(table: pd.DataFrame, average: str) -> Pair:
    """Error of captions minus that of augmentation, by seed, at the strength of least "mean" or "median" error."""
    augmentation, caption = by_pairs(table)
    by_strength = augmentation.pivot(index="seed", columns="strength", values="probe_error")
    best = float(by_strength.columns[int(by_strength.agg(average).argmin())])
    return Pair(best, *mean_and_half(caption.set_index("seed")["probe_error"] - by_strength[best]))


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
    _, mean, half = paired(table, "mean")
    return (
        f"One world{with_settings(table, ', k = {k}')}, lines are medians over {table['seed'].nunique()} seeds, bands "
        f"5% to 95% quantiles. Weak augmentation leaves the graph in pieces, strong augmentation joins classes. "
        f"Dotted: the strength between them with the least mean error, where captions minus augmentation is "
        f"{mean:+.4f} ± {half:.4f} on average."
    )


def facts(tables: Tables) -> Facts:
    """Bound and measured error for both kinds of pairs."""
    table = tables["captions_help"]
    return {
        "of": Of(1, table["seed"].nunique(), 2 * table["strength"].nunique()),  # bound and error at each strength
        "at": with_settings(table, ", at k = {k}"),
        "bound": compared(table, "bound"),
        "error": compared(table, "probe_error"),
        "by_mean": paired(table, "mean"),
        "by_median": paired(table, "median"),
        "guess": table["guess_error"].median(),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    bound, error, mean = (facts[name] for name in ("bound", "error", "by_mean"))
    return {
        "captions have the smaller bound at every strength": bound.smaller == bound.strengths,
        "no difference of mean errors is shown at augmentation's best mean": abs(mean.mean) <= mean.half,
        "captions have the smaller error wherever the errors are not equal": error.smaller
        == error.strengths - error.equal,
    }


FIGURE = Figure("Why captions help", ("captions_help",), draw)
FINDING = Finding("Do captions make better pairs than augmentations, in one world?", ("captions_help",), facts, claims)
