"""*Resampling in training*: changes of SimCLR's accuracy by rule, and published changes."""

import math
from functools import partial
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
    by_labels,
    excludes_zero,
    lead,
    mean_and_half,
    rank_correlation,
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


def draw(tables: Tables) -> Drawing:
    """Change of accuracy by rule and guide; a panel for each label set."""
    table, tuned = tables["resampled_training"], tables["resampled_tuned"]
    changes = changes_over_simclr(table)
    picture, panels = subplots(1, 2, size=(2.4, 1.35), sharey=True)
    for axes, labels in zip(panels, table["labels"].unique(), strict=False):
        _changes(axes, changes[changes["labels"] == labels], tuned[tuned["labels"] == labels])
        axes.set(title=f"by {labels}", xlabel="change of accuracy over SimCLR (points)")
    panels[0].invert_yaxis()
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    least = ", ".join(f"{change:.1f} by {labels}" for labels, change in by_labels(changes, least_detectable).items())
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
    plain = usual(table)
    plain = plain[plain["rule"] == "none"]
    return plain.groupby(["kind", "seed", "labels"], sort=False)["test"].mean().reset_index()


def changes_over_simclr(table: pd.DataFrame) -> pd.DataFrame:
    """Resampled runs with `change`: test accuracy minus SimCLR's at the same seed, in percentage points.

    If several baselines share the split, their mean is subtracted; `baselines` is their number.
    """
    plain = usual(table)
    simclr = plain[(plain["kind"] == "simclr") & (plain["rule"] == "none")].groupby(["seed", "labels"])["test"]
    resampled = plain[plain["rule"] != "none"]
    keys = list(resampled[["seed", "labels"]].itertuples(index=False, name=None))
    before, baselines = simclr.mean().loc[keys].to_numpy(), simclr.count().loc[keys].to_numpy()
    return resampled.assign(change=100 * (resampled["test"] - before), baselines=baselines)


def mean_changes(changes: pd.DataFrame, rule: str, level: float = LEVEL) -> dict[str, Estimate]:
    """Mean change by one rule, and half its interval, by guide, for one label set."""
    half = _halves(changes, level).mean
    means = _by_seed(changes[changes["rule"] == rule], "guide").mean()
    return {str(guide): (float(mean), half) for guide, mean in means.items()}


def over_guide(changes: pd.DataFrame, other: str, level: float = LEVEL) -> dict[str, Estimate]:
    """Change by the encoder minus that by another guide, and half its interval, by rule, for one label set.

    Both have the same baselines, which cancel.
    """
    encoder, against = (_by_seed(changes[changes["guide"] == guide], "rule") for guide in ("encoder", other))
    differences = (encoder - against).dropna(axis="columns", how="all")
    half = _halves(changes, level).of_two
    return {str(rule): (float(mean), half) for rule, mean in differences.mean().items()}


def tuned_change(table: pd.DataFrame, arm: Arm = TEXT, over: Arm = SIMCLR, level: float = LEVEL) -> Estimate:
    """Accuracy of one tuned arm minus another, both chosen by validation, for one label set."""
    runs = table[(table["kind"] == "simclr") & (table["repeat"] == 0) & table["chosen"]]
    return lead(runs, ["rule", "guide"], arm, over, level)


def _halves(changes: pd.DataFrame, level: float = LEVEL) -> SharedHalves:
    """Half-widths of intervals of mean changes, and of differences of two changes, for one label set.

    From the pooled spread. For differences, without the common part of a split, such as the noise of its baselines.
    """
    by_seed = _by_seed(changes, "rule", "guide").dropna()
    enough = min(by_seed.shape) > 1
    return shared_halves(by_seed, level, overlap=OVERLAP) if enough else SharedHalves(math.nan, math.nan, math.nan)


def least_detectable(changes: pd.DataFrame) -> float:
    """Least detectable change at a power of 80%, in points, for one label set."""
    halves = _halves(changes)
    return detectable(halves.mean, halves.degrees)


def _by_seed(changes: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Table with a row for each seed, and a column for each value of `columns`."""
    return changes.pivot_table(index="seed", columns=list(columns), values="change")


def _changes(axes: Axes, changes: pd.DataFrame, tuned: pd.DataFrame) -> None:
    """Draw the changes by rule and guide, and below them the changes over a tuned SimCLR."""
    looks: dict[str, Any] = {"markersize": 4, "capsize": 2}
    for position, rule in enumerate(RULES):
        estimates = mean_changes(changes, rule)
        for shift, (guide, (name, color, marker)) in enumerate(GUIDES.items()):
            if guide in estimates:
                mean, half = estimates[guide]
                label = f"guide: {name}" if position == 0 else None
                y = position + 0.13 * (shift - 2)
                axes.errorbar(mean, y, xerr=half, fmt=marker, color=color, label=label, **looks)
        if rule in PUBLISHED:
            label = "published, on ImageNet" if position == 0 else None
            axes.plot(PUBLISHED[rule], position, "*", color="black", markersize=7, label=label)
    names = list(RULES.values())
    for arm in (TEXT, NO_TEXT):
        name, color, marker = GUIDES[arm[1]]
        mean, half = tuned_change(tuned, arm)
        axes.errorbar(mean, len(names), xerr=half, fmt=marker, color=color, **looks)
        names.append(f"AddNewPositive and SimCLR tuned,\n{name}")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False, axis="y")


def foretold(changes: pd.DataFrame, graphs: pd.DataFrame) -> pd.DataFrame:
    """A row for each common rule and guide: ratio of theorem 15 after/before on graphs, and mean change."""
    ratios = graphs.assign(ratio=graphs["multihop_bound_after"] / graphs["multihop_bound_before"])
    first = changes[changes["labels"] == changes["labels"].iloc[0]].replace({"guide": ON_GRAPHS})
    keys = ["rule", "guide"]
    change = first.groupby(keys)["change"].mean()
    return ratios.groupby(keys)[["ratio"]].median().join(change, how="inner")


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, changes by rule and guide, and their prediction by the graphs."""
    table = tables["resampled_training"]
    changes = changes_over_simclr(table)
    require_labels(table["labels"])
    both = foretold(changes, tables["resampled_views"])
    tuned, frozen = tables["resampled_tuned"], tables["training_controls"].query("kind == 'frozen'")
    full_seeds, seeds = usual(table)["seed"].unique(), tuned["seed"].nunique()
    text = by_labels(tuned, partial(tuned_change, over=NO_TEXT))
    looks = _contrasts(changes, LEVEL)
    strict = 1 - (1 - LEVEL) / len(looks)  # by Bonferroni
    surviving = [by_labels(tuned, partial(tuned_change, arm=arm, level=strict)) for arm in (TEXT, NO_TEXT)]
    return {
        "of": Of(1, seeds, len(looks) + 8 * len(text)),  # eight tuned ones for each label set
        "seeds": len(full_seeds),
        "all_seeds": seeds,
        "steps": int(table["steps"].max()),
        "levels": by_labels(without_resampling(table), partial(accuracies, kinds=REFERENCES)),
        "changes": by_labels(changes, lambda group: {rule: mean_changes(group, rule) for rule in RULES}),
        "detectable": by_labels(changes, least_detectable),
        "over": {guide: by_labels(changes, partial(over_guide, other=guide)) for guide in OTHERS},
        "looks": len(looks),
        "shown": sum(excludes_zero(change) for _, change in looks),
        "shown_of_random": sum(guide == "random" and excludes_zero(change) for guide, change in looks),
        "shown_corrected": sum(excludes_zero(change) for _, change in _contrasts(changes, strict)),
        "baselines": int(changes["baselines"].min()),
        "tuned": by_labels(tuned, tuned_change),
        "further": by_labels(tuned[~tuned["seed"].isin(full_seeds)], tuned_change),
        "full": by_labels(tuned.assign(chosen=tuned["tried_strength"] == FULL), tuned_change),
        "no_text": by_labels(tuned, partial(tuned_change, arm=NO_TEXT)),
        "text": text,
        "earlier": by_labels(table, tuned_change),
        "tuned_corrected": sum(excludes_zero(change) for group in surviving for change in group.values()),
        "text_detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in text.items()},
        "best": by_labels(tuned, _best),
        "frozen": by_labels(frozen, lambda group: accuracies(group, ["frozen"])["frozen"]),
        "rules": RULES,
        "guides": {guide: name for guide, (name, *_) in GUIDES.items()},
        "rho": rank_correlation(both["ratio"], both["change"]),
        "foretold": len(both),
        "published": PUBLISHED,
    }


def _best(table: pd.DataFrame) -> Estimate:
    """Accuracy of tuned AddNewPositive by the encoder, in percent, and half its interval."""
    chosen = table[table["chosen"] & (table["guide"] == "encoder") & (table["rule"] == ADD_NEW_POSITIVE)]
    return mean_and_half(100 * chosen["test"], overlap=OVERLAP)


def _contrasts(changes: pd.DataFrame, level: float) -> list[tuple[str, Estimate]]:
    """Mean changes at full strength, and leads of the encoder over other guides, for each label set, with guides."""
    contrasts: list[tuple[str, Estimate]] = []
    for _, group in changes.groupby("labels"):
        for rule in RULES:
            contrasts += mean_changes(group, rule, level).items()
        for guide in OTHERS:
            contrasts += [(guide, change) for change in over_guide(group, guide, level).values()]
    return contrasts


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    over, tuned = facts["over"], [*facts["tuned"].values(), *facts["further"].values()]
    usual_changes = [
        change for by_rule in facts["changes"].values() for by_guide in by_rule.values() for change in by_guide.values()
    ]
    return {
        "no gain over SimCLR is shown at the usual strength": not any(map(above_zero, usual_changes)),
        "no interval at the usual strength excludes 0 once their number is allowed for": facts["shown_corrected"] == 0,
        "nor does a tuned difference": facts["tuned_corrected"] == 0,
        "the labels as a guide, the positive control, are not ahead": not any(
            by_rule["add_new_positive"]["labels"][0] > 0 for by_rule in facts["changes"].values()
        ),
        "what text adds to the guide is not shown": not any(
            excludes_zero(change) for by_rule in over["no_text"].values() for change in by_rule.values()
        ),
        "tuned alike, AddNewPositive is ahead, by all seeds and by the further ones": all(map(above_zero, tuned)),
        "the guides' frozen network is better than what it guides": all(
            facts["frozen"][labels][0] > facts["best"][labels][0] for labels in facts["best"]
        ),
        "at full strength no gain is shown by all seeds": not any(map(excludes_zero, facts["full"].values())),
        "tuned alike, what text adds is not shown": not any(map(excludes_zero, facts["text"].values())),
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in facts["published"].values()
        )
        > len(facts["published"]) / 2,
        "a smaller bound on graphs does not go with a larger gain": facts["rho"] > -UNRELATED,
    }


FIGURE = Figure("Resampling in training", ("resampled_training", "resampled_tuned"), draw)
FINDING = Finding(
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_tuned", "training_controls", "resampled_views"),
    facts,
    claims,
)
