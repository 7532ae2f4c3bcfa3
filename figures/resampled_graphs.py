"""*Resampling on graphs*: what each rule does to the measured error, and whether the bound foretold it."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import order_correlation, rank_correlation
from pairbounds.infrastructure.palette import CAPTION, MEASURED, NEUTRAL, PURPLE, VERMILION

RULES = {
    "add_new_positive": ("AddNewPositive", CAPTION, "o"),
    "drop_false_positive": ("DropFalsePositive", MEASURED, "s"),
    "drop_false_negative": ("DropFalseNegative", VERMILION, "^"),
    "drop_easy_negative": ("DropEasyNegative", PURPLE, "v"),
    "add_new_positive+drop_false_positive+drop_false_negative+drop_easy_negative": ("all four", NEUTRAL, "D"),
}
FOUR = tuple(RULES)[:4]
CLAIMS = ("multihop_bound", "bound", "local_multihop_bound", "trained_bound")  # theorems 15, 4, 16 and 17
LEAST = 1e-2  # the smallest ratio of bounds that is told from 0
RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
RESAMPLES = 1_000  # of whole worlds or draws, for intervals
BOUND = "multihop_bound"
LOSS_CHANGES = tuple(RULES)[2:]  # by the rules that drop negatives, alone or with the others
NAMES = {
    "captions, by encoder": "an encoder that learned from other captions",
    "captions, exact": "the exact captions",
    "no text, by frozen features": "features that know no text",
    "oracle": "the labels",
    "random": "a random guide",
}


class GraphSet(NamedTuple):
    """One table of graphs.

    Attributes
    ----------
    table, title : its name, and what its graphs are of
    unit, graph : the column whose values are independent, and the columns that tell one graph from another
    guide, label : the guide that predictions are shown for, and its name
    """

    table: str
    title: str
    unit: str
    graph: tuple[str, ...]
    guide: str
    label: str


WORLDS = GraphSet("resampled_worlds", "views of random worlds", "seed", ("seed",), "captions", "captions")
EMOJI = GraphSet(
    "resampled_views", "views of emoji", "draw", ("draw", "estimator"), "captions, by encoder", "image-text encoder"
)


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """For worlds and emoji the change of the error against the change of the bound, one by one."""
    picture, panels = plt.subplots(1, 2, figsize=(2.5 * COLUMN, 1.2 * COLUMN))
    for axes, chosen in zip(panels, (WORLDS, EMOJI), strict=True):
        _predictions(axes, _guided(tables[chosen.table], chosen))
        axes.set_title(f"{chosen.title}, guide: {chosen.label}")
    panels[0].set_ylabel("change of the probe error")
    picture.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    return picture, _caption([tables[chosen.table] for chosen in (WORLDS, EMOJI)])


def with_changes(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `change` of the measured error, and for each bound the ratio of after and before."""
    ratios = {f"ratio of {bound}": _ratio(table[f"{bound}_after"], table[f"{bound}_before"]) for bound in CLAIMS}
    return table.assign(change=table["probe_error_after"] - table["probe_error_before"], **ratios)


def _ratio(after: pd.Series, before: pd.Series) -> pd.Series:
    """1 where both are infinite: the rule has changed nothing about that. NaN where a bound does not speak of both."""
    ratio = (after / before).where(np.isfinite(after) | np.isfinite(before), 1.0).clip(lower=LEAST)
    return ratio.where(after.notna() & before.notna())


def _predictions(axes: Axes, table: pd.DataFrame) -> None:
    looks: dict[str, Any] = {"linestyle": "", "markersize": 3.5, "alpha": 0.8}
    for rule, (label, color, marker) in RULES.items():
        rows = table[table["rule"] == rule]
        axes.plot(rows["ratio of multihop_bound"], rows["change"], marker=marker, color=color, label=label, **looks)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="theorem 15 after / before")
    low, high = axes.get_xlim()
    shown = [ratio for ratio in RATIOS if low <= ratio <= high]
    axes.set_xticks(shown, [f"{ratio:g}" for ratio in shown])
    axes.minorticks_off()


def predicted_ranks(table: pd.DataFrame, unit: str, bound: str) -> tuple[float, float, float]:
    """Spearman's correlation of the change of the bound with that of the error, and an interval over whole units.

    Of the rules that the bound speaks of.
    """
    units = [rows[[f"ratio of {bound}", "change"]].dropna().to_numpy() for _, rows in table.groupby(unit)]
    return _interval(units, lambda picked: rank_correlation(*np.concatenate(picked).T))


def order_agreement(table: pd.DataFrame, chosen: GraphSet, bound: str) -> tuple[float, float, float]:
    """Kendall's τ of the order of the four rules by bound and by error, over graphs, and an interval over units.

    Of those of the four that the bound speaks of. Graphs in which all their errors are equal, or all their bounds, up
    to `pairbounds.figures.summaries.DIGITS`, have no order and are left out.
    """
    units = []
    ordered = table[table["rule"].isin(FOUR)].dropna(subset=f"ratio of {bound}")
    for _, rows in ordered.groupby(chosen.unit):
        graphs = (one for _, one in rows.groupby(list(chosen.graph)))
        taus = [order_correlation(one[f"ratio of {bound}"], one["change"]) for one in graphs]
        units.append([tau for tau in taus if not math.isnan(tau)])
    return _interval(units, lambda picked: float(np.mean(found)) if len(found := np.concatenate(picked)) else math.nan)


def _interval(units: Sequence[Any], statistic: Callable[[list[Any]], float]) -> tuple[float, float, float]:
    """A statistic and its 95% bootstrap interval, over the samples in which it is defined."""
    rng = np.random.default_rng(0)
    picks = rng.integers(len(units), size=(RESAMPLES, len(units)))
    values = [value for pick in picks if not math.isnan(value := statistic([units[i] for i in pick]))]
    low, high = np.quantile(values, [0.025, 0.975]) if values else (math.nan, math.nan)
    return statistic(list(units)), float(low), float(high)


def graphs(table: pd.DataFrame, chosen: GraphSet) -> int:
    """The number of graphs of a table."""
    return len(table[list(chosen.graph)].drop_duplicates())


def median_changes(table: pd.DataFrame, guide: str) -> dict[str, float]:
    """The median change of the error by rule, with one guide."""
    by_technique = table[table["guide"] == guide].groupby("rule", sort=False)["change"]
    return {str(rule): float(value) for rule, value in by_technique.median().items()}


def error_before(table: pd.DataFrame) -> float:
    """The mean error before anything is resampled."""
    return float(table["probe_error_before"].mean())


def _caption(tables: Sequence[pd.DataFrame]) -> str:
    sizes = [
        f"{graphs(table, chosen)} {chosen.title} ({table[chosen.unit].nunique()} independent), mean error before "
        f"{error_before(table):.3f}"
        for table, chosen in zip(tables, (WORLDS, EMOJI), strict=True)
    ]
    return (
        f"Augmentation graphs, resampled by a guide: {'; '.join(sizes)}. Each change of the error against that of "
        "theorem 15, or, for rules that change the negatives and so the loss, theorem 7 with the tail of 15. Another "
        "processor orders close rules differently."
    )


def facts(tables: Tables) -> Facts:
    """The quality of theorem 15 as a forecast on worlds and on emoji; on emoji the changes by every guide."""
    guided = {own.table: _guided(tables[own.table], own) for own in (WORLDS, EMOJI)}
    both, emoji = pd.concat(guided.values()), with_changes(tables[EMOJI.table])
    ratios = both[both["rule"].isin(LOSS_CHANGES)][f"ratio of {BOUND}"]
    worlds, draws = (_foretold(guided[own.table], own) for own in (WORLDS, EMOJI))
    return {
        # The order and the size by each bound, of worlds and of emoji.
        "of": Of(f"{worlds['units']} and 1", f"1 and {draws['units']}", 2 * 2 * len(CLAIMS)),
        "worlds": worlds,
        "emoji": draws,
        "least": float(ratios.min()),
        "most": float(ratios.max()),
        "before": error_before(emoji),
        "rules": {rule: name for rule, (name, *_) in RULES.items()},
        "guides": {NAMES[guide]: median_changes(emoji, guide) for guide in NAMES},
    }


def _guided(table: pd.DataFrame, own: GraphSet) -> pd.DataFrame:
    """The changes by the guide that predictions are made for."""
    changed = with_changes(table)
    guided: pd.DataFrame = changed[changed["guide"] == own.guide]
    return guided


def _foretold(guided: pd.DataFrame, own: GraphSet) -> Facts:
    return {
        "graphs": graphs(guided, own),
        "units": guided[own.unit].nunique(),
        "order": order_agreement(guided, own, BOUND),
        "plain": order_agreement(guided, own, "bound"),
        "size": predicted_ranks(guided, own.unit, BOUND),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    both = (facts["worlds"], facts["emoji"])
    return {
        "the order is foretold in part": all(one["order"][1] > 0 and one["order"][2] < 0.9 for one in both),
        "the size is hardly foretold": max(one["size"][0] for one in both) < 0.3,
        "the bound grows wherever the loss changes": facts["least"] > 1,
    }


FIGURE = Figure("Resampling on graphs", ("resampled_worlds", "resampled_views"), draw)
FINDING = Finding(
    "Does the bound foretell what CLIP-guided resampling does, on graphs?",
    ("resampled_worlds", "resampled_views"),
    facts,
    claims,
)
