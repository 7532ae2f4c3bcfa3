"""*Resampling on graphs*: effect of each rule on the measured error, and its prediction by the bound."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import number_ticks, subplots
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
# Columns of theorems 15, 4, 16 and 17; if the loss changes, of the bounds that `resampling_effects` names
BOUNDS = ("multihop_bound", "bound", "local_multihop_bound", "trained_bound")
LEAST = 1e-2  # smaller ratios of bounds are raised to it
RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
RESAMPLES = 1_000  # bootstrap samples of worlds or draws, for intervals
BOUND = "multihop_bound"
LOSS_CHANGES = tuple(RULES)[2:]  # rules that drop negatives, which changes the loss
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
    table, title : name of the table, and description of its graphs
    unit, graph : column of independent units, and columns that identify a graph
    guide, label : guide of the shown predictions, and its label
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


def draw(tables: Tables) -> Drawing:
    """Change of the error against change of the bound, for worlds and emoji."""
    picture, panels = subplots(1, 2, size=(2.5, 1.2))
    for axes, chosen in zip(panels, (WORLDS, EMOJI), strict=True):
        _predictions(axes, _guided(tables[chosen.table], chosen))
        axes.set_title(f"{chosen.title}, guide: {chosen.label}")
    panels[0].set_ylabel("change of the probe error")
    picture.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    return picture, _caption([tables[chosen.table] for chosen in (WORLDS, EMOJI)])


def with_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Add `change` of the measured error, and the ratio after/before of each bound."""
    ratios = {f"ratio of {bound}": _ratio(table[f"{bound}_after"], table[f"{bound}_before"]) for bound in BOUNDS}
    return table.assign(change=table["probe_error_after"] - table["probe_error_before"], **ratios)


def _ratio(after: pd.Series, before: pd.Series) -> pd.Series:
    """Ratio of bounds; 1 if both are infinite, NaN unless the bound applies to both."""
    ratio = (after / before).where(np.isfinite(after) | np.isfinite(before), 1.0).clip(lower=LEAST)
    return ratio.where(after.notna() & before.notna())


def _predictions(axes: Axes, table: pd.DataFrame) -> None:
    for rule, (label, color, marker) in RULES.items():
        rows = table[table["rule"] == rule]
        ratios, changes = rows[f"ratio of {BOUND}"], rows["change"]
        axes.plot(ratios, changes, marker, color=color, markersize=3.5, alpha=0.8, label=label)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="bound after / before")
    low, high = axes.get_xlim()
    number_ticks(axes, x=[ratio for ratio in RATIOS if low <= ratio <= high])


def predicted_ranks(table: pd.DataFrame, unit: str, bound: str) -> tuple[float, float, float]:
    """Spearman's correlation of the changes of bound and error, and an interval over units.

    Only for rules to which the bound applies.
    """
    units = [rows[[f"ratio of {bound}", "change"]].dropna().to_numpy() for _, rows in table.groupby(unit)]
    return _interval(units, lambda picked: rank_correlation(*np.concatenate(picked).T))


def order_agreement(table: pd.DataFrame, chosen: GraphSet, bound: str) -> tuple[float, float, float]:
    """Kendall's τ between the orders of the four rules by bound and by error, over graphs, and an interval over units.

    Only for rules to which the bound applies. Graphs on which all errors or all bounds are equal, up to
    `pairbounds.figures.summaries.DIGITS`, have no order and are skipped.
    """
    units = []
    ordered = table[table["rule"].isin(FOUR)].dropna(subset=f"ratio of {bound}")
    for _, rows in ordered.groupby(chosen.unit):
        graphs = (group for _, group in rows.groupby(list(chosen.graph)))
        taus = [order_correlation(group[f"ratio of {bound}"], group["change"]) for group in graphs]
        units.append([tau for tau in taus if not math.isnan(tau)])
    return _interval(
        units, lambda picked: float(np.mean(correlations)) if len(correlations := np.concatenate(picked)) else math.nan
    )


def _interval(units: Sequence[Any], statistic: Callable[[list[Any]], float]) -> tuple[float, float, float]:
    """A statistic and its 95% bootstrap interval, over samples in which it is defined."""
    rng = np.random.default_rng(0)
    picks = rng.integers(len(units), size=(RESAMPLES, len(units)))
    values = [value for pick in picks if not math.isnan(value := statistic([units[i] for i in pick]))]
    low, high = np.quantile(values, [0.025, 0.975]) if values else (math.nan, math.nan)
    return statistic(list(units)), float(low), float(high)


def graphs(table: pd.DataFrame, chosen: GraphSet) -> int:
    """Number of graphs of a table."""
    return len(table[list(chosen.graph)].drop_duplicates())


def error_before(table: pd.DataFrame) -> float:
    """Mean error before resampling."""
    return float(table["probe_error_before"].mean())


def _caption(tables: Sequence[pd.DataFrame]) -> str:
    sizes = [
        f"{graphs(table, chosen)} {chosen.title} ({table[chosen.unit].nunique()} independent), mean error before "
        f"{error_before(table):.3f}"
        for table, chosen in zip(tables, (WORLDS, EMOJI), strict=True)
    ]
    return (
        f"Augmentation graphs, resampled by a guide: {'; '.join(sizes)}. Change of the error against that of "
        "theorem 15 or, for rules that change negatives and thus the loss, theorem 7 with the tail of 15. The order "
        "of close rules depends on the processor."
    )


def facts(tables: Tables) -> Facts:
    """Quality of theorem 15 as a forecast on worlds and emoji, and changes on emoji by guide."""
    guided = {graph_set.table: _guided(tables[graph_set.table], graph_set) for graph_set in (WORLDS, EMOJI)}
    both, emoji = pd.concat(guided.values()), with_changes(tables[EMOJI.table])
    ratios = both[both["rule"].isin(LOSS_CHANGES)][f"ratio of {BOUND}"]
    medians = emoji.groupby(["guide", "rule"], sort=False)["change"].median()
    worlds, draws = (_foretold(guided[graph_set.table], graph_set) for graph_set in (WORLDS, EMOJI))
    return {
        # Order and size by each bound, for worlds and emoji.
        "of": Of(f"{worlds['units']} and 1", f"1 and {draws['units']}", 2 * 2 * len(BOUNDS)),
        "worlds": worlds,
        "emoji": draws,
        "least": ratios.min(),
        "most": ratios.max(),
        "before": error_before(emoji),
        "rules": {rule: name for rule, (name, *_) in RULES.items()},
        "guides": {name: medians[guide].to_dict() for guide, name in NAMES.items()},
    }


def _guided(table: pd.DataFrame, graph_set: GraphSet) -> pd.DataFrame:
    """Changes by the guide of the predictions."""
    return with_changes(table[table["guide"] == graph_set.guide])


def _foretold(guided: pd.DataFrame, graph_set: GraphSet) -> Facts:
    return {
        "graphs": graphs(guided, graph_set),
        "units": guided[graph_set.unit].nunique(),
        "order": order_agreement(guided, graph_set, BOUND),
        "plain": order_agreement(guided, graph_set, "bound"),
        "size": predicted_ranks(guided, graph_set.unit, BOUND),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    both = (facts["worlds"], facts["emoji"])
    return {
        "the order is foretold in part": all(entry["order"][1] > 0 and entry["order"][2] < 0.9 for entry in both),
        "the size is hardly foretold": max(entry["size"][0] for entry in both) < 0.3,
        "the bound grows wherever the loss changes": facts["least"] > 1,
    }


FIGURE = Figure("Resampling on graphs", ("resampled_worlds", "resampled_views"), draw)
FINDING = Finding(
    "Does the bound foretell what CLIP-guided resampling does, on graphs?",
    ("resampled_worlds", "resampled_views"),
    facts,
    claims,
)
