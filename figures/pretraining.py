"""*Captions or augmentations*: one network, trained from pixels with captions or with augmentations."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables, above_zero, require_labels
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import Estimate, accuracies, excludes_zero, leads, rows_of
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, ORANGE, PURPLE, VERMILION
from pairbounds.theory.quantities.confidence import detectable

KINDS = {"untrained": ("untrained", NEUTRAL), "simclr": ("augmentations", AUGMENTATION), "clip": ("captions", CAPTION)}
CONTROLS = {"unnamed": ("clip_unnamed", 1), "shuffled": ("clip_shuffled", 1), "longer": ("clip", 2)}  # and epochs
SHOWN = KINDS | {
    "longer": ("captions, 2x steps", PURPLE),
    "unnamed": ("no class names", ORANGE),
    "shuffled": ("others' captions", MEASURED),
}
ON_BAR: dict[str, Any] = {
    "rotation": 90,
    "ha": "center",
    "va": "bottom",
    "fontsize": "small",
    "color": "white",
    "fontweight": "bold",
}


def draw(tables: Tables) -> Drawing:
    """Test accuracy of the trained networks."""
    trained = tables["pretraining"][tables["pretraining"]["chosen"]]
    controls = controlled(tables["training_controls"])
    further = controls[(controls["arm"] != "clip") & controls["labels"].isin(trained["labels"])]
    picture, axes = subplots(size=(1.4, 1.1))
    _accuracies(axes, pd.concat([trained, further.assign(kind=further["arm"])]))
    return picture, (
        f"Test accuracy after {int(trained['steps'].max())} steps, {trained['seed'].nunique()} seeds, 95% "
        "intervals corrected for the overlap of splits, each kind at the best of "
        f"{settings_tried(tables['pretraining'])} settings by validation; the last three kinds had fewer settings."
    )


def _accuracies(axes: Axes, runs: pd.DataFrame) -> None:
    """Draw a bar for each label set and kind of encoder; user objectives are labelled by their name."""
    present = list(runs["kind"].unique())
    kinds = sorted(present, key=[*SHOWN, *present].index)
    pitch = 0.81 / len(kinds)
    heights = accuracies(runs, kinds)
    for position, by_kind in enumerate(heights.values()):
        for shift, (kind, (mean, half)) in enumerate(by_kind.items()):
            label, color = SHOWN.get(kind, (kind, VERMILION))
            x = position + pitch * (shift - (len(kinds) - 1) / 2)
            axes.bar(x, mean, yerr=half, width=pitch - 0.02, color=color, capsize=2)
            axes.text(x, 1, label, **ON_BAR)
    axes.set_xticks(range(len(heights)), heights)
    axes.set(ylabel="accuracy of a linear probe (%)")
    axes.grid(visible=False, axis="x")


def controlled(table: pd.DataFrame) -> pd.DataFrame:
    """Chosen runs of CLIP and of its controls, by `arm`."""
    chosen = table[table["chosen"]]
    shortest = chosen.loc[chosen["kind"] == "clip", "trained_epochs"].min()
    arms = {("clip", 1): "clip"} | {arm: name for name, arm in CONTROLS.items()}
    times = (chosen["trained_epochs"] / shortest).round().astype(int)
    arm = pd.Series([arms.get(key) for key in zip(chosen["kind"], times, strict=True)], index=chosen.index)
    return chosen.assign(arm=arm).dropna(subset="arm")


def settings_tried(tried: pd.DataFrame) -> int:
    """Number of settings of each objective."""
    return int(tried[["kind", "learning_rate", "strength"]].drop_duplicates()["kind"].value_counts().max())


def facts(tables: Tables) -> Facts:
    """Accuracies, and the difference of both objectives."""
    table = tables["pretraining"]
    chosen, names = table[table["chosen"]], table["labels"].unique()
    require_labels(names)
    clip = rows_of(chosen, kind="clip", labels=names[0])
    controls = controlled(tables["training_controls"])
    longer = pd.concat([controls, rows_of(chosen, kind="simclr").assign(arm="simclr")])
    differences = leads(chosen, "kind", "clip", "simclr")
    seeds = chosen["seed"].nunique()
    return {
        # For each label set: CLIP, longer CLIP and each control.
        "of": Of(1, seeds, (2 + len(CONTROLS)) * len(names) + 1),
        "seeds": seeds,
        "steps": int(chosen["steps"].max()),
        "settings": settings_tried(table),
        "accuracies": accuracies(chosen, KINDS),
        "differences": differences,
        "detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in differences.items()},
        "at_edge": (clip["learning_rate"] == table.loc[table["kind"] == "clip", "learning_rate"].max()).sum(),
        "controls": {name: leads(controls, "arm", name, "clip") for name in CONTROLS},
        "longer": leads(longer, "arm", "longer", "simclr"),
        "beyond": _beyond(tables["training_controls"])[names[0]],
    }


def _beyond(table: pd.DataFrame) -> dict[str, Estimate]:
    """Difference of CLIP at the largest and at the smallest learning rate of its controls, by label set."""
    clip = rows_of(table, kind="clip")
    shortest = rows_of(clip, trained_epochs=clip["trained_epochs"].min())
    rates = shortest["learning_rate"]
    return leads(shortest, "learning_rate", rates.max(), rates.min())


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    longer = facts["longer"]
    return {
        "no difference is shown": not any(map(excludes_zero, facts["differences"].values())),
        "on as many pictures CLIP is ahead by category": above_zero(longer[CATEGORY]),
        "on as many pictures nothing is shown by subcategory": not excludes_zero(longer[SUBCATEGORY]),
    }


FIGURE = Figure("Captions or augmentations", ("pretraining", "training_controls"), draw)
FINDING = Finding(
    "Do captions train a better encoder than augmentations, from pixels?",
    ("pretraining", "training_controls"),
    facts,
    claims,
)
