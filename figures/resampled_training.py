"""*Resampling in training*: changes of SimCLR's accuracy by rule, and published changes."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures import resampled_graphs
from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, above_zero, require_labels
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import (
    LEVEL,
    OVERLAP,
    Estimate,
    accuracies,
    excludes_zero,
    leads,
    rank_correlation,
    rows_of,
)
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE
from pairbounds.theory.quantities.confidence import SharedHalves, detectable, shared_halves

RULES = {rule: name for rule, (name, *_) in resampled_graphs.RULES.items()}
PUBLISHED = {  # changes on ImageNet over SimCLR's 61.2% linear accuracy, in points, Zhang, Wang and Wang 2023
    "add_new_positive": 6.2,
    "drop_easy_negative": 1.1,
    "drop_false_positive": 0.6,
    "drop_false_negative": 0.2,
}
GUIDES = {
    "encoder": ("image-text encoder", CAPTION, "o"),
    "labels": ("labels", PURPLE, "^"),
    "random": ("random", NEUTRAL, "s"),
    "no_text": ("image encoder without text", AUGMENTATION, "D"),
    "captions": ("captions themselves", MEASURED, "v"),
}
ON_GRAPHS = {  # names of these guides in the tables of graphs
    "encoder": "captions, by encoder",
    "labels": "oracle",
    "random": "random",
    "no_text": "no text, by frozen features",
    "captions": "captions, exact",
}
ADD_NEW_POSITIVE = "add_new_positive"  # the tuned rule
SIMCLR, TEXT, NO_TEXT = ("none", "random"), (ADD_NEW_POSITIVE, "encoder"), (ADD_NEW_POSITIVE, "no_text")  # rule, guide
REFERENCES = ("untrained", "simclr", "supervised")
FULL = 1.0  # strength of the augmentations
OTHERS = ("random", "no_text", "captions")  # guides compared with the encoder
UNRELATED = 0.3  # smaller rank correlations of so few points count as none
Arm = tuple[str, str]  # rule and guide
Estimates = dict[tuple[str, str, str], Estimate]  # by label set, rule and guide


def draw(tables: Tables) -> Drawing:
    """Change of accuracy by rule and guide; a panel for each label set."""
    table, tuned = tables["resampled_training"], tables["resampled_tuned"]
    changes = changes_over_simclr(table)
    picture, panels = subplots(1, 2, size=(2.4, 1.35), sharey=True)
    for axes, labels in zip(panels, table["labels"].unique(), strict=False):
        _changes(axes, labels, mean_changes(changes), tuned)
        axes.set(title=f"by {labels}", xlabel="change of accuracy over SimCLR (points)")
    panels[0].invert_yaxis()
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    least = ", ".join(f"{change:.1f} by {labels}" for labels, change in least_detectable(changes).items())
    return picture, (
        f"SimCLR from pixels, {int(table['steps'].max())} steps: change of a linear probe's test accuracy over SimCLR "
        f"with the same seed, {changes['seed'].nunique()} seeds, or {tuned['seed'].nunique()} where both are tuned. "
        "95% intervals, corrected for the overlap of splits, with the pooled spread of all rules and guides unless "
        f"tuned. Changes detectable at a power of 80%: {least}. Stars: published changes. Guiding encoders use a "
        "network trained on ImageNet labels."
    )


def usual(table: pd.DataFrame) -> pd.DataFrame:
    """Runs with the usual learning rate and strength, of seeds with all arms; further seeds have only tuned arms."""
    runs = table[~table["tuned"]]
    counts = runs.groupby("seed").size()
    return runs[runs["seed"].isin(counts.index[counts == counts.max()])]


def without_resampling(table: pd.DataFrame) -> pd.DataFrame:
    """References: a row for each kind, seed and label set, averaged over initial weights."""
    plain = rows_of(usual(table), rule="none")
    return plain.groupby(["kind", "seed", "labels"], sort=False)["test"].mean().reset_index()


def changes_over_simclr(table: pd.DataFrame) -> pd.DataFrame:
    """Resampled runs with `change`: test accuracy minus SimCLR's at the same seed, in percentage points.

    If several baselines share the split, their mean is subtracted; `baselines` is their number.
    """
    runs = usual(table)
    simclr = rows_of(runs, kind="simclr", rule="none").groupby(["seed", "labels"])["test"]
    resampled = runs[runs["rule"] != "none"].join(simclr.agg(before="mean", baselines="count"), on=["seed", "labels"])
    return resampled.assign(change=100 * (resampled["test"] - resampled["before"]))


def mean_changes(changes: pd.DataFrame, level: float = LEVEL) -> Estimates:
    """Mean change, and half its interval."""
    halves = _halves(changes, level)
    means: Any = changes.groupby(["labels", "rule", "guide"])["change"].mean()
    return {(labels, rule, guide): (mean, halves[labels].mean) for (labels, rule, guide), mean in means.items()}


def over_guides(changes: pd.DataFrame, level: float = LEVEL) -> Estimates:
    """Change by the encoder minus that by each other guide, and half its interval.

    Both have the same baselines, which cancel.
    """
    by_guide = changes.pivot_table(index=["labels", "rule", "seed"], columns="guide", values="change")
    differences = by_guide[[*OTHERS]].rsub(by_guide["encoder"], axis="index")
    halves = _halves(changes, level)
    means: Any = differences.groupby(["labels", "rule"]).mean().stack().dropna()
    return {(labels, rule, guide): (mean, halves[labels].of_two) for (labels, rule, guide), mean in means.items()}


def tuned_changes(
    table: pd.DataFrame, arm: Arm = TEXT, over: Arm = SIMCLR, level: float = LEVEL
) -> dict[str, Estimate]:
    """Accuracy of one tuned arm minus another, both chosen by validation, by label set."""
    return leads(rows_of(table, kind="simclr", repeat=0, chosen=True), ["rule", "guide"], arm, over, level)


def _halves(changes: pd.DataFrame, level: float = LEVEL) -> dict[str, SharedHalves]:
    """Half-widths of intervals of mean changes, and of differences of two changes, by label set.

    From the pooled spread. For differences, without the common part of a split, such as the noise of its baselines.
    """
    halves = {}
    for labels, rows in changes.groupby("labels", sort=False):
        by_seed = rows.pivot_table(index="seed", columns=["rule", "guide"], values="change").dropna()
        enough = min(by_seed.shape) > 1
        undefined = SharedHalves(math.nan, math.nan, math.nan)
        halves[str(labels)] = shared_halves(by_seed, level, overlap=OVERLAP) if enough else undefined
    return halves


def least_detectable(changes: pd.DataFrame) -> dict[str, float]:
    """Least detectable change at a power of 80%, in points, by label set."""
    return {labels: detectable(halves.mean, halves.degrees) for labels, halves in _halves(changes).items()}


def _changes(axes: Axes, labels: str, changes: Estimates, tuned: pd.DataFrame) -> None:
    """Draw the changes by rule and guide, and below them the changes over a tuned SimCLR."""
    looks: dict[str, Any] = {"markersize": 4, "capsize": 2}
    for position, rule in enumerate(RULES):
        for shift, (guide, (name, color, marker)) in enumerate(GUIDES.items()):
            if (labels, rule, guide) in changes:
                mean, half = changes[labels, rule, guide]
                label = f"guide: {name}" if position == 0 else None
                y = position + 0.13 * (shift - 2)
                axes.errorbar(mean, y, xerr=half, fmt=marker, color=color, label=label, **looks)
        if rule in PUBLISHED:
            label = "published, on ImageNet" if position == 0 else None
            axes.plot(PUBLISHED[rule], position, "*", color="black", markersize=7, label=label)
    names = list(RULES.values())
    for arm in (TEXT, NO_TEXT):
        name, color, marker = GUIDES[arm[1]]
        mean, half = tuned_changes(tuned, arm)[labels]
        axes.errorbar(mean, len(names), xerr=half, fmt=marker, color=color, **looks)
        names.append(f"AddNewPositive and SimCLR tuned,\n{name}")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False, axis="y")


def foretold(changes: pd.DataFrame, graphs: pd.DataFrame) -> pd.DataFrame:
    """A row for each common rule and guide: ratio of theorem 15 after/before on graphs, and mean change."""
    ratios = graphs.assign(ratio=graphs["multihop_bound_after"] / graphs["multihop_bound_before"])
    first = rows_of(changes, labels=changes["labels"].iloc[0]).replace({"guide": ON_GRAPHS})
    keys = ["rule", "guide"]
    return ratios.groupby(keys)[["ratio"]].median().join(first.groupby(keys)["change"].mean(), how="inner")


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, changes by rule and guide, and their prediction by the graphs."""
    table, tuned = tables["resampled_training"], tables["resampled_tuned"]
    require_labels(table["labels"])
    changes = changes_over_simclr(table)
    both = foretold(changes, tables["resampled_views"])
    full_seeds, seeds = usual(table)["seed"].unique(), tuned["seed"].nunique()
    text = tuned_changes(tuned, over=NO_TEXT)
    looks = _contrasts(changes, LEVEL)
    strict = 1 - (1 - LEVEL) / len(looks)  # by Bonferroni
    best = rows_of(tuned, chosen=True, guide="encoder", rule=ADD_NEW_POSITIVE)
    return {
        "of": Of(1, seeds, len(looks) + 8 * len(text)),  # eight tuned ones for each label set
        "seeds": len(full_seeds),
        "all_seeds": seeds,
        "steps": int(table["steps"].max()),
        "levels": accuracies(without_resampling(table), REFERENCES),
        "changes": mean_changes(changes),
        "detectable": least_detectable(changes),
        "over": over_guides(changes),
        "looks": len(looks),
        "shown": sum(excludes_zero(change) for _, change in looks),
        "shown_of_random": sum(guide == "random" and excludes_zero(change) for guide, change in looks),
        "shown_corrected": sum(excludes_zero(change) for _, change in _contrasts(changes, strict)),
        "baselines": changes["baselines"].min(),
        "tuned": tuned_changes(tuned),
        "further": tuned_changes(tuned[~tuned["seed"].isin(full_seeds)]),
        "full": tuned_changes(tuned.assign(chosen=tuned["tried_strength"] == FULL)),
        "no_text": tuned_changes(tuned, NO_TEXT),
        "text": text,
        "earlier": tuned_changes(table),
        "tuned_corrected": sum(
            excludes_zero(change)
            for arm in (TEXT, NO_TEXT)
            for change in tuned_changes(tuned, arm, level=strict).values()
        ),
        "text_detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in text.items()},
        "best": accuracies(best, ["simclr"]),
        "frozen": accuracies(tables["training_controls"], ["frozen"]),
        "rules": RULES,
        "guides": {guide: name for guide, (name, *_) in GUIDES.items()},
        "others": OTHERS,
        "rho": rank_correlation(both["ratio"], both["change"]),
        "foretold": len(both),
    }


def _contrasts(changes: pd.DataFrame, level: float) -> list[tuple[str, Estimate]]:
    """Mean changes at full strength, and leads of the encoder over other guides, with their guides."""
    contrasts = [*mean_changes(changes, level).items(), *over_guides(changes, level).items()]
    return [(guide, change) for (_, _, guide), change in contrasts]


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    tuned = [*facts["tuned"].values(), *facts["further"].values()]
    return {
        "no gain over SimCLR is shown at the usual strength": not any(map(above_zero, facts["changes"].values())),
        "no interval at the usual strength excludes 0 once their number is allowed for": facts["shown_corrected"] == 0,
        "nor does a tuned difference": facts["tuned_corrected"] == 0,
        "what text adds to the guide is not shown": not any(
            excludes_zero(change) for (_, _, guide), change in facts["over"].items() if guide == "no_text"
        ),
        "tuned alike, AddNewPositive is ahead, by all seeds and by the further ones": all(map(above_zero, tuned)),
        "the guides' frozen network is better than what it guides": all(
            facts["frozen"][labels]["frozen"][0] > by_kind["simclr"][0] for labels, by_kind in facts["best"].items()
        ),
        "at full strength no gain is shown by all seeds": not any(map(excludes_zero, facts["full"].values())),
        "tuned alike, what text adds is not shown": not any(map(excludes_zero, facts["text"].values())),
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in PUBLISHED.values()
        )
        > len(PUBLISHED) / 2,
        "a smaller bound on graphs does not go with a larger gain": facts["rho"] > -UNRELATED,
    }


FIGURE = Figure("Resampling in training", ("resampled_training", "resampled_tuned"), draw)
FINDING = Finding(
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_tuned", "training_controls", "resampled_views"),
    facts,
    claims,
)
