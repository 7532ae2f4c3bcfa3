"""*Resampling in training*: changes of SimCLR's accuracy by rule, and published changes."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures import resampled_graphs
from pairbounds.figures.figure import Drawing, Figure, Tables
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL, OVERLAP, Estimate, mean_and_half, rows_of
from pairbounds.infrastructure.pictures import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE
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
Arm = tuple[str, str]  # rule and guide
SIMCLR, TEXT, NO_TEXT = ("none", "random"), ("add_new_positive", "encoder"), ("add_new_positive", "no_text")  # tuned
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
    least = ", ".join(
        f"{detectable(halves.mean, halves.degrees):.1f} by {labels}" for labels, halves in _halves(changes).items()
    )
    return picture, (
        f"SimCLR from pixels, {int(table['steps'].max())} steps: change of a linear probe's test accuracy over SimCLR "
        f"with the same seed, {changes['seed'].nunique()} seeds, or {tuned['seed'].nunique()} where both are tuned. "
        "95% intervals, corrected for the overlap of splits, with the pooled spread of all rules and guides unless "
        f"tuned. Changes detectable at a power of 80%: {least}. Stars: published changes. Guiding encoders use a "
        "network trained on ImageNet labels."
    )


def changes_over_simclr(table: pd.DataFrame) -> pd.DataFrame:
    """Resampled runs with `change`: test accuracy minus the mean of SimCLR's at the same seed, in percentage points."""
    runs = table[~table["tuned"]]
    counts = runs.groupby("seed").size()
    runs = runs[runs["seed"].isin(counts.index[counts == counts.max()])]  # other seeds have only tuned arms
    simclr = rows_of(runs, kind="simclr", rule="none").groupby(["seed", "labels"])["test"]
    resampled = runs[runs["rule"] != "none"].join(simclr.mean().rename("before"), on=["seed", "labels"])
    return resampled.assign(change=100 * (resampled["test"] - resampled["before"]))


def mean_changes(changes: pd.DataFrame) -> Estimates:
    """Mean change, and half its interval."""
    halves = _halves(changes)
    means: Any = changes.groupby(["labels", "rule", "guide"])["change"].mean()
    return {(labels, rule, guide): (mean, halves[labels].mean) for (labels, rule, guide), mean in means.items()}


def tuned_changes(table: pd.DataFrame, arm: Arm) -> dict[str, Estimate]:
    """Accuracy of a tuned arm minus tuned SimCLR's, in points, by label set; both are chosen by validation."""
    differences = {}
    for labels, runs in rows_of(table, kind="simclr", repeat=0, chosen=True).groupby("labels", sort=False):
        by_seed = runs.pivot_table(index="seed", columns=["rule", "guide"], values="test")
        differences[str(labels)] = mean_and_half(100 * (by_seed[arm] - by_seed[SIMCLR]), overlap=OVERLAP)
    return differences


def _halves(changes: pd.DataFrame) -> dict[str, SharedHalves]:
    """Half-widths of intervals of mean changes by label set, from the pooled spread."""
    halves = {}
    for labels, rows in changes.groupby("labels", sort=False):
        by_seed = rows.pivot_table(index="seed", columns=["rule", "guide"], values="change").dropna()
        halves[str(labels)] = SharedHalves(math.nan, math.nan)
        if min(by_seed.shape) > 1:
            halves[str(labels)] = shared_halves(by_seed, LEVEL, overlap=OVERLAP)
    return halves


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


FIGURE = Figure("Resampling in training", ("resampled_training", "resampled_tuned"), draw)
