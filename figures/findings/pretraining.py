"""The paper's first experiment: captions against augmentations, from pixels."""

import math

import pandas as pd

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables, require_labels
from pairbounds.figures.pretraining import CONTROLS, KINDS, controlled, difference, settings_tried
from pairbounds.figures.summaries import OVERLAP, excludes_zero, mean_and_half
from pairbounds.theory.quantities.confidence import detectable, seeds_needed

POINT = 1.0  # of accuracy, in percent


def facts(tables: Tables) -> Facts:
    """Accuracies, and the difference between both objectives."""
    table = tables["pretraining"]
    chosen, names = table[table["chosen"]], table["labels"].unique()
    require_labels(names)
    clip = chosen[(chosen["kind"] == "clip") & (chosen["labels"] == names[0])]
    tried, controls = table[table["kind"] == "clip"], controlled(tables["training_controls"])
    differences = {labels: difference(chosen[chosen["labels"] == labels]) for labels in names}
    seeds = chosen["seed"].nunique()
    return {
        "seeds": seeds,
        "steps": int(chosen["steps"].max()),
        "settings": settings_tried(table),
        "accuracies": {labels: accuracies(chosen[chosen["labels"] == labels], KINDS) for labels in names},
        "differences": differences,
        "detectable": {labels: detectable(half, seeds - 1) for labels, (_, half) in differences.items()},
        "at_edge": int((clip["learning_rate"] == tried["learning_rate"].max()).sum()),
        "weakest": int((clip["strength"] == tried["strength"].min()).sum()),
        "controls": {name: {labels: _lead(controls, labels, name, "clip") for labels in names} for name in CONTROLS},
        "longer": {labels: _longer(controls, chosen, labels) for labels in names},
        "beyond": _beyond(tables["training_controls"], names[0]),
        "tried_longer": int(tables["training_controls"].query("kind == 'clip'")["learning_rate"].nunique()),
        "needed": {labels: _needed(half, seeds) for labels, (_, half) in differences.items()},
    }


def _needed(half: float, seeds: int) -> tuple[float, float]:
    """Splits that would show a difference of `POINT`: as many disjoint ones, and ones that overlap as these do.

    The spread of overlapping splits is too small by what they have in common, 1 / (1 + overlap) of a variance.
    """
    disjoint = half * math.sqrt((1 + OVERLAP) / (1 + seeds * OVERLAP))
    return seeds_needed(disjoint, seeds, POINT), seeds_needed(half, seeds, POINT, overlap=OVERLAP)


def _lead(controls: pd.DataFrame, labels: str, arm: str, over: str) -> tuple[float, float]:
    """The mean difference of two arms with the same seeds, in points, and half its interval."""
    by_arm = controls[controls["labels"] == labels].pivot_table(index="seed", columns="arm", values="test")
    return mean_and_half(100 * (by_arm[arm] - by_arm[over]), overlap=OVERLAP)


def _beyond(table: pd.DataFrame, labels: str) -> tuple[float, float]:
    """The same of CLIP at the largest learning rate over that at the smallest one of its controls."""
    clip = table[(table["kind"] == "clip") & (table["labels"] == labels)]
    own = clip[clip["trained_epochs"] == clip["trained_epochs"].min()]
    by_rate = own.pivot_table(index="seed", columns="learning_rate", values="test")
    return mean_and_half(100 * (by_rate[max(by_rate)] - by_rate[min(by_rate)]), overlap=OVERLAP)


def _longer(controls: pd.DataFrame, chosen: pd.DataFrame, labels: str) -> tuple[float, float]:
    """The same of CLIP on as many pictures as SimCLR, over SimCLR."""
    simclr = chosen[chosen["kind"] == "simclr"].assign(arm="simclr")
    return _lead(pd.concat([controls, simclr]), labels, "longer", "simclr")


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    category, subcategory = facts["differences"][CATEGORY], facts["differences"][SUBCATEGORY]
    return {
        "no difference is shown by category": not excludes_zero(*category),
        "no difference is shown by subcategory": not excludes_zero(*subcategory),
        "three times the largest learning rate of the grid is not shown to be better": facts["beyond"][0]
        <= facts["beyond"][1],
        "on as many pictures CLIP is ahead by category": facts["longer"][CATEGORY][0] > facts["longer"][CATEGORY][1],
        "on as many pictures nothing is shown by subcategory": not excludes_zero(*facts["longer"][SUBCATEGORY]),
        "no effect of class names is shown": not any(
            excludes_zero(*one) for one in facts["controls"]["unnamed"].values()
        ),
        "captions of other images are worse": all(
            mean < -half for mean, half in facts["controls"]["shuffled"].values()
        ),
        "no number of overlapping splits shows a point": all(math.isinf(own) for _, own in facts["needed"].values()),
    }


def of(tables: Tables) -> Of:
    """A difference by each label set: of CLIP, of longer CLIP, and of each control."""
    table = tables["pretraining"]
    return Of(1, table["seed"].nunique(), (2 + len(CONTROLS)) * table["labels"].nunique() + 1)


FINDING = Finding(
    "pretraining",
    "Do captions train a better encoder than augmentations, from pixels?",
    ("pretraining", "training_controls"),
    ("pretraining",),
    facts,
    claims,
    of,
)
