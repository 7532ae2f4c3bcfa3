"""*Resampling on graphs*: what each technique does to the measured error, and whether the bound foretold it."""

from collections.abc import Callable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from scipy.stats import kendalltau, spearmanr

from figures.figure import Figure
from figures.style import BOUND, CAPTION, COLUMN, MEASURED, NEUTRAL, SHARP_BOUND

TECHNIQUES = {
    "add_new_positive": ("AddNewPositive", CAPTION, "o"),
    "drop_false_positive": ("DropFalsePositive", MEASURED, "s"),
    "drop_false_negative": ("DropFalseNegative", BOUND, "^"),
    "drop_easy_negative": ("DropEasyNegative", SHARP_BOUND, "v"),
    "both positive": ("both positive ones", NEUTRAL, "D"),
}
FOUR = tuple(TECHNIQUES)[:4]
POSITIVE = ("add_new_positive", "drop_false_positive", "both positive")
GUIDES = {"captions": "-", "oracle": "--", "random": ":"}
LEAST = 1e-2  # the smallest ratio of bounds that is told from 0
RATIOS = (0.1, 0.2, 0.5, 1, 2, 5)
RESAMPLES = 1_000  # of whole worlds, for intervals


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Change of the error by technique and guide; and for each world, the change of the bound against it."""
    table = with_changes(tables["resampling"])
    picture, (bars, scatter) = plt.subplots(1, 2, figsize=(2.5 * COLUMN, 1.2 * COLUMN))
    _changes(bars, table)
    for technique, (_, color, marker) in TECHNIQUES.items():
        rows = table[(table["technique"] == technique) & (table["guide"] == "captions")]
        scatter.plot(rows["predicted"], rows["change"], marker, color=color, markersize=3.5, alpha=0.8)
    for axis in (scatter.axhline, scatter.axvline):
        axis(0 if axis == scatter.axhline else 1, color="black", linewidth=0.8)
    scatter.set(
        xscale="log",
        xlabel="bound after / before",
        ylabel="change of the probe error",
        title="guide: captions, worlds one by one",
    )
    scatter.set_xticks(RATIOS, [f"{ratio:g}" for ratio in RATIOS])
    scatter.minorticks_off()
    return picture, _caption(table)


def with_changes(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `change` (of the measured error) and `predicted` (the ratio of the bounds)."""
    ratio = (table["bound_after"] / table["bound_before"]).clip(lower=LEAST)
    return table.assign(change=table["probe_error_after"] - table["probe_error_before"], predicted=ratio)


def _changes(axes: Axes, table: pd.DataFrame) -> None:
    for place, (technique, (_, color, marker)) in enumerate(TECHNIQUES.items()):
        for shift, (guide, dash) in enumerate(GUIDES.items()):
            change = table[(table["technique"] == technique) & (table["guide"] == guide)]["change"]
            low, middle, high = change.quantile([0.25, 0.5, 0.75])
            y = place + 0.25 * (shift - 1)
            axes.plot([low, high], [y, y], dash, color=color, linewidth=1.5)
            axes.plot(middle, y, marker, color=color, markersize=5)
            if place == 0:
                axes.text(max(high, 0), y, f"  {guide}", color=color, fontsize=7, va="center")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(TECHNIQUES)), [label for label, *_ in TECHNIQUES.values()])
    for tick, (_, color, _) in zip(axes.get_yticklabels(), TECHNIQUES.values(), strict=True):
        tick.set(color=color, fontweight="bold")
    axes.invert_yaxis()
    axes.set(xlabel="change of the probe error (median, quartiles)", title="by technique and guide")


def rank_correlation(table: pd.DataFrame) -> tuple[float, float, float]:
    """Spearman's correlation of the change of the bound with that of the error, and an interval over whole worlds."""
    worlds = [rows[["predicted", "change"]].to_numpy() for _, rows in table.groupby("seed")]
    return _interval(worlds, lambda picked: float(spearmanr(np.concatenate(picked)).statistic))


def order_agreement(table: pd.DataFrame) -> tuple[float, float, float]:
    """Kendall's τ of the order of the four techniques by bound and by error, averaged over worlds, and an interval.

    Worlds in which all four errors are equal have no order, and are left out.
    """
    four = table[table["technique"].isin(FOUR)].groupby("seed")
    taus = [kendalltau(rows["predicted"], rows["change"]).statistic for _, rows in four if rows["change"].nunique() > 1]
    return _interval(taus, lambda picked: float(np.mean(picked)))


def _interval(worlds: list[Any], statistic: Callable[[list[Any]], float]) -> tuple[float, float, float]:
    """A statistic and its 95% bootstrap interval."""
    rng = np.random.default_rng(0)
    picks = rng.integers(len(worlds), size=(RESAMPLES, len(worlds)))
    low, high = np.nanquantile([statistic([worlds[i] for i in pick]) for pick in picks], [0.025, 0.975])
    return statistic(worlds), float(low), float(high)


def _caption(table: pd.DataFrame) -> str:
    guided = table[table["guide"] == "captions"]
    positive, negative = (guided[guided["technique"].isin(POSITIVE) == which] for which in (True, False))
    statistics = {
        "all five": rank_correlation(guided),
        "the positive ones": rank_correlation(positive),
        "the negative ones": rank_correlation(negative),
    }
    words = "; ".join(f"{name} {at:.2f} [{low:.2f}, {high:.2f}]" for name, (at, low, high) in statistics.items())
    at, low, high = order_agreement(guided)
    medians = guided.groupby("technique")["change"].median().sort_values()
    order = ", ".join(f"{TECHNIQUES[str(name)][0]} {change:+.3f}" for name, change in medians.items())
    return (
        f"The views of {table['seed'].nunique()} random worlds, resampled by a guide: the optimum of a caption graph, "
        f"the labels, or noise. Bounds are theorem 4, for the negative techniques theorem 7, since they change the "
        f"loss and not the pairs. Spearman's rank correlation of the change of the bound with that of the error, guide "
        f"captions, 95% bootstrap intervals over worlds: {words}. Kendall's τ of the order of the four techniques, "
        f"averaged over worlds: {at:.2f} [{low:.2f}, {high:.2f}]. Median change of the error, guide captions: {order}."
    )


FIGURE = Figure("resampling", "Resampling on graphs", ("resampling",), draw)
