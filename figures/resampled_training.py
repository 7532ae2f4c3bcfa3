"""*Resampling in training*: what the rules do to SimCLR's accuracy, beside the published changes."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, require_labels
from pairbounds.figures.style import COLUMN, sized
from pairbounds.figures.summaries import LEVEL, OVERLAP, excludes_zero, mean_and_half, rank_correlation
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE
from pairbounds.theory.quantities.confidence import SharedHalves, detectable, shared_halves, student_half

RULES = {
    "add_new_positive": "AddNewPositive",
    "drop_false_positive": "DropFalsePositive",
    "drop_false_negative": "DropFalseNegative",
    "drop_easy_negative": "DropEasyNegative",
    "add_new_positive+drop_false_positive+drop_false_negative+drop_easy_negative": "all four",
}
PUBLISHED = {
    "add_new_positive": 67.4,
    "drop_easy_negative": 62.3,
    "drop_false_positive": 61.8,
    "drop_false_negative": 61.4,
}
PUBLISHED_SIMCLR = 61.2  # linear accuracy on ImageNet, in percent, Zhang, Wang and Wang 2023
GUIDES = {
    "encoder": ("guide: image-text encoder", CAPTION, "o"),
    "labels": ("guide: labels", PURPLE, "^"),
    "random": ("guide: random", NEUTRAL, "s"),
    "no_text": ("guide: image encoder without text", AUGMENTATION, "D"),
    "captions": ("guide: captions themselves", MEASURED, "v"),
}
ON_GRAPHS = {
    "encoder": "captions, by encoder",
    "labels": "oracle",
    "random": "random",
    "no_text": "no text, by frozen features",
    "captions": "captions, exact",
}  # the same guides there
FORETOLD_BY = "multihop_bound"  # theorem 15
SIMCLR = ("none", "random")  # its rule and guide
REFERENCES = {
    "untrained": ("untrained", NEUTRAL),
    "simclr": ("SimCLR", AUGMENTATION),
    "supervised": ("supervised", MEASURED),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Change of accuracy by rule and guide, for each label set."""
    table, tuned = tables["resampled_training"], tables["resampled_tuned"]
    changes = changes_over_simclr(table)
    picture, panels = plt.subplots(1, 2, figsize=(2.4 * COLUMN, 1.35 * COLUMN), sharey=True)
    for axes, labels in zip(panels, table["labels"].unique(), strict=False):
        _changes(axes, changes[changes["labels"] == labels], tuned_changes(tuned[tuned["labels"] == labels]))
        axes.set(title=f"by {labels}", xlabel="change of accuracy over SimCLR (points)")
    panels[0].invert_yaxis()
    picture.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=sized(8))
    return picture, _caption(table, changes, tuned["seed"].nunique())


def usual(table: pd.DataFrame) -> pd.DataFrame:
    """The runs with the usual learning rate and strength, of the seeds that have all of them.

    Further seeds may have what is tuned alone. Of a table in which nothing was tuned it is all.
    """
    runs = table[~table["tuned"]] if "tuned" in table else table
    counts = runs.groupby("seed").size()
    return runs[runs["seed"].isin(counts.index[counts == counts.max()])]


def without_resampling(table: pd.DataFrame) -> pd.DataFrame:
    """The references, one row for each kind, seed and label set: the mean of those that differ in their weights."""
    plain = usual(table)
    plain = plain[plain["rule"] == "none"]
    return plain.groupby(["kind", "seed", "labels"], sort=False)["test"].mean().reset_index()


def changes_over_simclr(table: pd.DataFrame) -> pd.DataFrame:
    """The resampled runs, with `change`: test accuracy over SimCLR's with the same seed, in percentage points.

    Where several baselines share the split, it is over their mean; `baselines` says of how many.
    """
    plain = usual(table)
    simclr = plain[(plain["kind"] == "simclr") & (plain["rule"] == "none")].groupby(["seed", "labels"])["test"]
    resampled = plain[plain["rule"] != "none"]
    keys = list(resampled[["seed", "labels"]].itertuples(index=False, name=None))
    before, baselines = simclr.mean().loc[keys].to_numpy(), simclr.count().loc[keys].to_numpy()
    return resampled.assign(change=100 * (resampled["test"] - before), baselines=baselines)


def mean_changes(changes: pd.DataFrame, rule: str, level: float = LEVEL) -> dict[str, tuple[float, float]]:
    """The mean change by one rule of ours, and half its interval, by guide; of one label set."""
    half = _halves(changes, level).mean
    means = _by_seed(changes[changes["rule"] == rule], "guide").mean()
    return {str(guide): (float(mean), half) for guide, mean in means.items()}


def over_guide(changes: pd.DataFrame, other: str, level: float = LEVEL) -> dict[str, tuple[float, float]]:
    """The change by the encoder minus that by another guide, and half its interval, by rule; of one label set.

    Both are compared with the same baselines, which say nothing of the difference.
    """
    encoder, against = (_by_seed(changes[changes["guide"] == guide], "rule") for guide in ("encoder", other))
    differences = (encoder - against).dropna(axis="columns", how="all")
    half = _halves(changes, level).of_two
    return {str(rule): (float(mean), half) for rule, mean in differences.mean().items()}


def tuned_changes(table: pd.DataFrame, over: tuple[str, str] = SIMCLR) -> dict[tuple[str, str], tuple[float, float]]:
    """The change over SimCLR that was tuned alike, and half its interval, by tuned rule and guide.

    Each is the run of the best validation accuracy among those with all learning rates and strengths; of one label set.
    Nothing where SimCLR was not tuned.

    Parameters
    ----------
    over : another rule and guide that the changes are over
    """
    by_encoder = tuned_by_seed(table)
    if over not in by_encoder:
        return {}
    changes = {one: by_encoder[one] - by_encoder[over] for one in by_encoder if one not in (SIMCLR, over)}
    return {one: mean_and_half(100 * change, overlap=OVERLAP) for one, change in changes.items()}


def tuned_by_seed(table: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """The test accuracy of the chosen run of each seed, by tuned rule and guide; of one label set."""
    if "tuned" not in table or not table["tuned"].any():
        return {}
    names = ["kind", "rule", "guide", "published"]
    first = table[table["repeat"] == 0]
    tried = first.groupby(names)["tuned"].transform("any") & (first["kind"] == "simclr") & ~first["published"]
    best = first[tried & first["chosen"]].pivot_table(index="seed", columns=["rule", "guide"], values="test")
    return {(str(one[0]), str(one[1])): best[one] for one in best.columns}


def _halves(changes: pd.DataFrame, level: float = LEVEL) -> SharedHalves:
    """Half the intervals of the mean change by any rule and guide, and of the difference of two; of one label set.

    By the spread of all, without what all changes of a split have in common, such as the noise of its baselines.
    """
    by_seed = _by_seed(changes, "rule", "guide").dropna()
    enough = min(by_seed.shape) > 1
    return shared_halves(by_seed, level, overlap=OVERLAP) if enough else SharedHalves(math.nan, math.nan, math.nan)


def least_detectable(changes: pd.DataFrame) -> float:
    """The change that would have been shown with a probability of 80%, in points; of one label set."""
    halves = _halves(changes)
    return detectable(halves.mean, halves.degrees)


def _by_seed(changes: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """A row for each seed, of our own rules; a column for each of their values in `columns`."""
    return changes[~changes["published"]].pivot_table(index="seed", columns=list(columns), values="change")


def published_changes() -> dict[str, float]:
    """The changes on ImageNet that were published, in percentage points."""
    return {rule: after - PUBLISHED_SIMCLR for rule, after in PUBLISHED.items()}


def _changes(axes: Axes, changes: pd.DataFrame, tuned: Mapping[tuple[str, str], tuple[float, float]]) -> None:
    """The changes by each rule and guide; below them those over a SimCLR that was tuned alike."""
    present = {guide: look for guide, look in GUIDES.items() if (changes["guide"] == guide).any()}
    for place, rule in enumerate(RULES):
        found = mean_changes(changes, rule)
        for shift, (guide, (name, color, marker)) in enumerate(present.items()):
            if guide in found:
                mean, half = found[guide]
                y = place + 0.66 / len(present) * (shift - (len(present) - 1) / 2)
                axes.errorbar(mean, y, xerr=half, fmt=marker, color=color, markersize=4, capsize=2, linewidth=1.2,
                              label=name if place == 0 else None)  # fmt: skip
        if rule in PUBLISHED:
            label = "published, on ImageNet" if place == 0 else None
            axes.plot(published_changes()[rule], place, "*", color="black", markersize=7, label=label)
    for place, ((_, guide), (mean, half)) in enumerate(tuned.items(), len(RULES)):
        _, color, marker = GUIDES[guide]
        axes.errorbar(mean, place, xerr=half, fmt=marker, color=color, markersize=4, capsize=2, linewidth=1.2)
    guides = {guide: label.removeprefix("guide: ") for guide, (label, *_) in GUIDES.items()}
    names = [*RULES.values(), *(f"{RULES[rule]} and SimCLR tuned,\n{guides[guide]}" for rule, guide in tuned)]
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False, axis="y")


def foretold_changes(changes: pd.DataFrame, graphs: pd.DataFrame) -> pd.DataFrame:
    """A row for each rule and guide that both have: the median ratio of bounds on graphs, and the change in training.

    The columns are rule, guide, ratio (after over before), change (its mean), and half (of its interval).
    """
    ratios = graphs.assign(ratio=graphs[f"{FORETOLD_BY}_after"] / graphs[f"{FORETOLD_BY}_before"])
    of_graphs = ratios.groupby(["rule", "guide"])["ratio"].median()
    first = changes[(changes["labels"] == changes["labels"].iloc[0]) & ~changes["published"]]
    rows = [
        (rule, guide, float(of_graphs[rule, ON_GRAPHS[guide]]), *change)
        for rule in RULES
        for guide, change in mean_changes(first, rule).items()
        if (rule, ON_GRAPHS[guide]) in of_graphs.index
    ]
    return pd.DataFrame(rows, columns=["rule", "guide", "ratio", "change", "half"])


def _caption(table: pd.DataFrame, changes: pd.DataFrame, tuned_seeds: int) -> str:
    by_labels = {labels: changes[changes["labels"] == labels] for labels in table["labels"].unique()}
    least = ", ".join(f"{least_detectable(own):.1f} by {labels}" for labels, own in by_labels.items())
    return (
        f"SimCLR from pixels, {int(table['steps'].max())} steps: change of a linear probe's test accuracy over SimCLR "
        f"with the same seed, {changes['seed'].nunique()} seeds, or {tuned_seeds} where both are tuned. 95% intervals, "
        "corrected for the overlap of splits, by the pooled spread of all rules and guides unless tuned. Changes shown "
        f"with a probability of 80%: {least}. Stars: published changes. Encoders as guides stand on a network that "
        "learned from ImageNet's labels."
    )


NO_TEXT = ("add_new_positive", "no_text")
FULL = 1.0  # strength of the augmentations
Pair = tuple[float, float]  # a mean, and half its interval
OTHERS = ("random", "no_text", "captions")  # guides that the encoder is compared with
UNRELATED = 0.3  # a rank correlation that is smaller tells nothing of so few points


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, the changes by rule and guide, and how well the graphs foretell them."""
    table = tables["resampled_training"]
    changes, names = changes_over_simclr(table), table["labels"].unique()
    require_labels(names)
    plain = without_resampling(table)
    by_labels = {labels: changes[changes["labels"] == labels] for labels in names}
    foretold = foretold_changes(changes, tables["resampled_views"])
    tuned, frozen = tables["resampled_tuned"], tables["training_controls"].query("kind == 'frozen'")
    whole = usual(table)["seed"].unique()
    text, seeds = _by_labels(tuned, partial(_tuned, over=NO_TEXT)), tuned["seed"].nunique()
    looks = [one for own in by_labels.values() for one in _contrasts(own, LEVEL)]
    corrected = [one for own in by_labels.values() for one in _contrasts(own, 1 - (1 - LEVEL) / len(looks))]
    return {
        "seeds": len(whole),
        "all_seeds": seeds,
        "steps": int(table["steps"].max()),
        "levels": {labels: accuracies(plain[plain["labels"] == labels], REFERENCES) for labels in names},
        "changes": {labels: {rule: mean_changes(own, rule) for rule in RULES} for labels, own in by_labels.items()},
        "detectable": {labels: least_detectable(own) for labels, own in by_labels.items()},
        "over": {
            guide: {labels: over_guide(own, guide) for labels, own in by_labels.items()}
            for guide in OTHERS
            if (changes["guide"] == guide).any()
        },
        "looks": len(looks),
        "shown": sum(excludes_zero(*change) for _, change in looks),
        "shown_of_random": sum(guide == "random" and excludes_zero(*change) for guide, change in looks),
        "shown_corrected": sum(excludes_zero(*change) for _, change in corrected),
        "baselines": int(changes["baselines"].min()),
        "tuned": _by_labels(tuned, _tuned),
        "first": _by_labels(tuned[tuned["seed"].isin(whole)], _tuned),
        "further": _by_labels(tuned[~tuned["seed"].isin(whole)], _tuned),
        "full": _by_labels(tuned.assign(chosen=tuned["tried_strength"] == FULL), _tuned),
        "no_text": _by_labels(tuned, partial(_tuned, guide="no_text")),
        "text": text,
        "earlier": _by_labels(table, _tuned),
        "earlier_first": _by_labels(table[table["seed"].isin(whole)], _tuned),
        "tuned_corrected": sum(_surviving(tuned[tuned["labels"] == name], len(looks)) for name in names),
        "text_detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in text.items()},
        "best": _by_labels(tuned, _best),
        "frozen": _by_labels(frozen, lambda own: accuracies(own, ["frozen"])["frozen"]),
        "frozen_splits": frozen["seed"].nunique(),
        "rules": RULES,
        "guides": {guide: GUIDES[guide][0].removeprefix("guide: ") for guide in GUIDES},
        "rho": rank_correlation(foretold["ratio"], foretold["change"]),
        "foretold": len(foretold),
        "published": published_changes(),
    }


def _by_labels(table: pd.DataFrame, work: Callable[[pd.DataFrame], Pair]) -> dict[str, Pair]:
    return {str(labels): work(own) for labels, own in table.groupby("labels", sort=False)}


def _tuned(table: pd.DataFrame, guide: str = "encoder", over: tuple[str, str] = SIMCLR) -> Pair:
    """The change by AddNewPositive and a guide, both tuned, and half its interval."""
    return tuned_changes(table, over)["add_new_positive", guide]


def _surviving(table: pd.DataFrame, looks: int) -> int:
    """Number of guides whose tuned difference excludes 0 after Bonferroni's correction, for one label set."""
    tuned, level = tuned_by_seed(table), 1 - (1 - LEVEL) / looks
    changes = [tuned["add_new_positive", guide] - tuned[SIMCLR] for guide in ("encoder", "no_text")]
    return sum(excludes_zero(float(change.mean()), student_half(change, level, overlap=OVERLAP)) for change in changes)


def _best(table: pd.DataFrame) -> tuple[float, float]:
    """The accuracy of tuned AddNewPositive by the encoder, in percent, and half its interval."""
    own = table[table["chosen"] & (table["guide"] == "encoder") & (table["rule"] == "add_new_positive")]
    return mean_and_half(100 * own["test"], overlap=OVERLAP)


def _contrasts(changes: pd.DataFrame, level: float) -> list[tuple[str, tuple[float, float]]]:
    """Every mean change at full strength, and every lead of the encoder over another guide, with that guide."""
    means = [one for rule in RULES for one in mean_changes(changes, rule, level).items()]
    others = [guide for guide in OTHERS if (changes["guide"] == guide).any()]
    return means + [(guide, lead) for guide in others for lead in over_guide(changes, guide, level).values()]


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    over, tuned = facts["over"], [*facts["tuned"].values(), *facts["further"].values()]
    usual_changes = [
        change for by_rule in facts["changes"].values() for by_guide in by_rule.values() for change in by_guide.values()
    ]
    return {
        "no gain over SimCLR is shown at the usual strength": not any(mean > half for mean, half in usual_changes),
        "no interval at the usual strength excludes 0 once their number is allowed for": facts["shown_corrected"] == 0,
        "nor does a tuned difference": facts["tuned_corrected"] == 0,
        "the labels as a guide, the positive control, are not ahead": not any(
            by_rule["add_new_positive"]["labels"][0] > 0 for by_rule in facts["changes"].values()
        ),
        "what text adds to the guide is not shown": not any(
            excludes_zero(*change) for by_rule in over["no_text"].values() for change in by_rule.values()
        ),
        "tuned alike, AddNewPositive is ahead, by all seeds and by the further ones": all(
            mean > half for mean, half in tuned
        ),
        "the guides' frozen network is better than what it guides": all(
            facts["frozen"][labels][0] > facts["best"][labels][0] for labels in facts["best"]
        ),
        "at full strength no gain is shown by all seeds": not any(
            excludes_zero(*one) for one in facts["full"].values()
        ),
        "tuned alike, what text adds is not shown": not any(excludes_zero(*one) for one in facts["text"].values()),
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in facts["published"].values()
        )
        > len(facts["published"]) / 2,
        "a smaller bound on graphs does not go with a larger gain": facts["rho"] > -UNRELATED,
    }


def of(tables: Tables) -> Of:
    """The intervals of all rules, guides and label sets, and of what was tuned."""
    found = facts(tables)
    tuned = sum(
        len(found[name])
        for name in ("tuned", "first", "further", "full", "no_text", "text", "earlier", "earlier_first")
    )
    return Of(1, found["all_seeds"], found["looks"] + tuned)


FIGURE = Figure("Resampling in training", ("resampled_training", "resampled_tuned"), draw)
FINDING = Finding(
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_tuned", "training_controls", "resampled_views"),
    facts,
    claims,
    of,
)
