"""*Resampling on graphs*: what each rule does to the measured error, and whether the bound foretold it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import order_correlation, rank_correlation
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE, VERMILION

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


@dataclass(frozen=True)
class GraphSet:
    """One table and how it is shown.

    Attributes
    ----------
    table, title, unit : what its graphs are of; the column whose values are independent of each other
    graph : the columns that tell one graph from another
    guides : each with its label, colour and marker; the first is the one that predictions are shown for
    """

    table: str
    title: str
    unit: str
    graph: tuple[str, ...]
    guides: Mapping[str, tuple[str, str, str]]


WORLDS = GraphSet(
    "resampled_worlds",
    "views of random worlds",
    "seed",
    ("seed",),
    {
        "captions": ("captions", CAPTION, "o"),
        "oracle": ("labels", PURPLE, "^"),
        "random": ("random", NEUTRAL, "s"),
    },
)
EMOJI = GraphSet(
    "resampled_views",
    "views of emoji",
    "draw",
    ("draw", "estimator"),
    {
        "captions, by encoder": ("image-text encoder", CAPTION, "o"),
        "captions, exact": ("captions, exact", VERMILION, "D"),
        "no text, by frozen features": ("no text", AUGMENTATION, "v"),
        "oracle": ("labels", PURPLE, "^"),
        "random": ("random", NEUTRAL, "s"),
    },
)


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Draw, for worlds and emoji, the change of the error by rule and guide, and the change of the bound against it."""
    picture, panels = plt.subplots(2, 2, figsize=(2.5 * COLUMN, 2.3 * COLUMN), height_ratios=[1, 1.3])
    changed = [with_changes(tables[chosen.table]) for chosen in (WORLDS, EMOJI)]
    for table, chosen, (left, right) in zip(changed, (WORLDS, EMOJI), panels, strict=True):
        _changes(left, table, chosen)
        _predictions(right, table[table["guide"] == next(iter(chosen.guides))], chosen)
    handles, labels = panels[0, 1].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=5, fontsize="small")
    return picture, _caption(changed)


def with_changes(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `change` of the measured error, and for each bound the ratio of after and before."""
    ratios = {f"ratio of {bound}": _ratio(table[f"{bound}_after"], table[f"{bound}_before"]) for bound in CLAIMS}
    return table.assign(change=table["probe_error_after"] - table["probe_error_before"], **ratios)


def _ratio(after: pd.Series, before: pd.Series) -> pd.Series:
    """1 where both are infinite: the rule has changed nothing about that. NaN where a bound does not speak of both."""
    ratio = (after / before).where(np.isfinite(after) | np.isfinite(before), 1.0).clip(lower=LEAST)
    return ratio.where(after.notna() & before.notna())


def _changes(axes: Axes, table: pd.DataFrame, chosen: GraphSet) -> None:
    step = 0.75 / len(chosen.guides)
    for place, rule in enumerate(RULES):
        for number, (guide, (label, color, marker)) in enumerate(chosen.guides.items()):
            change = table[(table["rule"] == rule) & (table["guide"] == guide)]["change"]
            if change.empty:
                continue
            low, middle, high = change.quantile([0.25, 0.5, 0.75])
            y = place + step * (number - (len(chosen.guides) - 1) / 2)
            axes.plot([low, high], [y, y], color=color, linewidth=1.5)
            axes.plot(middle, y, marker, color=color, markersize=4, label=label if place == 0 else None)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(RULES)), [label for label, *_ in RULES.values()])
    axes.invert_yaxis()
    axes.legend(fontsize="small", title="guide", title_fontsize="small", loc="best", frameon=True, framealpha=0.9)
    axes.grid(visible=False, axis="y")
    axes.set(xlabel="change of the probe error (median, quartiles)", title=f"{chosen.title}, by guide")


def _predictions(axes: Axes, table: pd.DataFrame, chosen: GraphSet) -> None:
    for rule, (label, color, marker) in RULES.items():
        rows = table[table["rule"] == rule]
        axes.plot(rows["ratio of multihop_bound"], rows["change"], marker, color=color, markersize=3.5, alpha=0.8,
                  label=label)  # fmt: skip
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(1, color="black", linewidth=0.8)
    label = chosen.guides[next(iter(chosen.guides))][0]
    axes.set(
        xscale="log",
        xlabel="theorem 15 after / before",
        ylabel="change of the probe error",
        title=f"one by one, guide: {label}",
    )
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
        f"Augmentation graphs, resampled by a guide: {'; '.join(sizes)}. Left: change of the error, medians and "
        "quartiles. Right: each change against that of theorem 15, or, for rules that change the negatives and so the "
        "loss, theorem 7 with the tail of 15. Another processor orders close rules differently."
    )


BOUND = "multihop_bound"
LOSS_CHANGES = tuple(RULES)[2:]  # by the rules that drop negatives, alone or with the others
NAMES = {
    "captions, by encoder": "an encoder that learned from other captions",
    "captions, exact": "the exact captions",
    "no text, by frozen features": "features that know no text",
    "oracle": "the labels",
    "random": "a random guide",
}


def facts(tables: Tables) -> Facts:
    """The quality of theorem 15 as a forecast on worlds and on emoji; on emoji the changes by every guide."""
    guided = {own.table: _guided(tables[own.table], own) for own in (WORLDS, EMOJI)}
    both, emoji = pd.concat(guided.values()), with_changes(tables[EMOJI.table])
    ratios = both[both["rule"].isin(LOSS_CHANGES)][f"ratio of {BOUND}"]
    return {
        "worlds": _foretold(guided[WORLDS.table], WORLDS),
        "emoji": _foretold(guided[EMOJI.table], EMOJI),
        "least": float(ratios.min()),
        "most": float(ratios.max()),
        "before": error_before(emoji),
        "rules": {rule: RULES[rule][0] for rule in RULES},
        "guides": {NAMES[guide]: median_changes(emoji, guide) for guide in EMOJI.guides},
    }


def _guided(table: pd.DataFrame, own: GraphSet) -> pd.DataFrame:
    """The changes by the guide that predictions are made for."""
    changed = with_changes(table)
    return changed[changed["guide"] == next(iter(own.guides))]


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


def of(tables: Tables) -> Of:
    """The order and the size by each bound, of worlds and of emoji."""
    worlds, emoji = (tables[own.table][own.unit].nunique() for own in (WORLDS, EMOJI))
    return Of(f"{worlds} and 1", f"1 and {emoji}", 2 * 2 * len(CLAIMS))


FIGURE = Figure("Resampling on graphs", ("resampled_worlds", "resampled_views"), draw)
FINDING = Finding(
    "Does the bound foretell what CLIP-guided resampling does, on graphs?",
    ("resampled_worlds", "resampled_views"),
    facts,
    claims,
    of,
)
