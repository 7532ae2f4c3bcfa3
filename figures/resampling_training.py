"""*Resampling in training*: what the techniques do to SimCLR's accuracy, beside controls and the published changes."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from figures.figure import Figure
from figures.intervals import mean_and_half
from figures.style import AUGMENTATION, CAPTION, COLUMN, MEASURED, NEUTRAL, SHARP_BOUND

TECHNIQUES = {
    "add_new_positive": "AddNewPositive",
    "drop_easy_negative": "DropEasyNegative",
    "drop_false_positive": "DropFalsePositive",
    "drop_false_negative": "DropFalseNegative",
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
    "encoder": ("image-text encoder", CAPTION, "o"),
    "labels": ("labels", SHARP_BOUND, "^"),
    "random": ("random", NEUTRAL, "s"),
}
REFERENCES = {"untrained": NEUTRAL, "simclr": AUGMENTATION, "supervised": MEASURED}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Change of accuracy by technique and guide, for each label set; and the accuracies that they start from."""
    table = tables["resample"]
    changes, levels = changes_over_simclr(table), table[table["rule"] == "none"]
    names = table["labels"].unique()
    ratios = [*(1.0 for _ in names), 0.8]
    picture, panels = plt.subplots(1, len(ratios), figsize=(2.6 * COLUMN, 1.15 * COLUMN), width_ratios=ratios)
    for axes, labels in zip(panels, names, strict=False):
        _changes(axes, changes[changes["labels"] == labels])
        axes.set(title=f"{labels}", xlabel="change of accuracy over SimCLR\n(percentage points)")
        axes.tick_params(axis="y", labelleft=axes is panels[0])
    _levels(panels[-1], levels)
    return picture, _caption(table, changes, levels)


def changes_over_simclr(table: pd.DataFrame) -> pd.DataFrame:
    """The resampled runs, with `change`: test accuracy over that of SimCLR with the same seed, in percentage points."""
    simclr = table[(table["kind"] == "simclr") & (table["rule"] == "none")].set_index(["seed", "labels"])["test"]
    resampled = table[table["rule"] != "none"]
    before = simclr.loc[list(resampled[["seed", "labels"]].itertuples(index=False, name=None))].to_numpy()
    return resampled.assign(change=100 * (resampled["test"] - before))


def _changes(axes: Axes, changes: pd.DataFrame) -> None:
    for place, rule in enumerate(TECHNIQUES):
        for shift, (guide, (name, color, marker)) in enumerate(GUIDES.items()):
            found = changes[(changes["rule"] == rule) & (changes["guide"] == guide) & ~changes["published"]]
            if len(found):
                mean, half = mean_and_half(found["change"])
                y = place + 0.22 * (shift - 1)
                axes.errorbar(mean, y, xerr=half, fmt=marker, color=color, markersize=4, capsize=2, linewidth=1.2,
                              label=name if place == 0 else None)  # fmt: skip
        if rule in PUBLISHED:
            label = "published, ImageNet" if place == 0 else None
            axes.plot(PUBLISHED[rule] - PUBLISHED_SIMCLR, place, "*", color="black", markersize=7, label=label)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(TECHNIQUES)), list(TECHNIQUES.values()))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _levels(axes: Axes, levels: pd.DataFrame) -> None:
    names = levels["labels"].unique()
    for place, labels in enumerate(names):
        for shift, (kind, color) in enumerate(REFERENCES.items()):
            mean, half = mean_and_half(100 * levels[(levels["kind"] == kind) & (levels["labels"] == labels)]["test"])
            x = place + 0.25 * (shift - 1)
            axes.bar(x, mean, width=0.23, color=color)
            axes.errorbar(x, mean, yerr=half, fmt="none", color="black", linewidth=1, capsize=2)
            axes.text(x, 1, kind, rotation=90, ha="center", va="bottom", fontsize=7, color="white", fontweight="bold")
    axes.set_xticks(range(len(names)), names)
    axes.set(title="without resampling", ylabel="accuracy of a linear probe (%)")
    axes.grid(visible=False, axis="x")


def _caption(table: pd.DataFrame, changes: pd.DataFrame, levels: pd.DataFrame) -> str:
    seeds, names = table["seed"].nunique(), table["labels"].unique()
    words = []
    for labels in names:
        own = levels[levels["labels"] == labels]
        said = ", ".join(
            "{} {:.1f} ± {:.1f}".format(kind, *mean_and_half(100 * own[own["kind"] == kind]["test"]))
            for kind in REFERENCES
        )
        parts = []
        for rule, name in TECHNIQUES.items():
            found = changes[(changes["rule"] == rule) & (changes["labels"] == labels) & ~changes["published"]]
            means = [
                "{} {:+.1f} ± {:.1f}".format(GUIDES[str(guide)][0], *mean_and_half(rows["change"]))
                for guide, rows in found.groupby("guide")
            ]
            if means:
                parts.append(f"{name}: {', '.join(means)}")
        words.append(f"By {labels}: accuracy in percent, {said}; changes, {'; '.join(parts)}")
    published = ", ".join(f"{TECHNIQUES[rule]} {after - PUBLISHED_SIMCLR:+.1f}" for rule, after in PUBLISHED.items())
    return (
        f"SimCLR from pixels, {int(table['steps'].max())} steps, its positives and negatives resampled by a guide; a "
        f"linear probe on the test subjects, against SimCLR with the same seed, {seeds} seeds, 95% t intervals. "
        "A guide is an encoder of images and texts that has not learned from the test images, the labels, or noise; "
        f"stars are the published changes on ImageNet ({published}). {'. '.join(words)}."
    )


FIGURE = Figure("resampling_training", "Resampling in training", ("resample",), draw)
