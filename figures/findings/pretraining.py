"""The paper's first experiment: captions against augmentations, from pixels."""

import math

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Of, Tables, require_labels
from pairbounds.figures.pretraining import KINDS, difference, settings_tried
from pairbounds.figures.summaries import OVERLAP, excludes_zero
from pairbounds.theory.quantities.confidence import detectable, seeds_needed

POINT = 1.0  # of accuracy, in percent


def facts(tables: Tables) -> Facts:
    """Accuracies, and the difference between both objectives."""
    table = tables["pretraining"]
    chosen, names = table[table["chosen"]], table["labels"].unique()
    require_labels(names)
    clip = chosen[(chosen["kind"] == "clip") & (chosen["labels"] == names[0])]
    tried = table[table["kind"] == "clip"]
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
        "needed": {labels: _needed(half, seeds) for labels, (_, half) in differences.items()},
    }


def _needed(half: float, seeds: int) -> tuple[float, float]:
    """Splits that would show a difference of `POINT`: as many disjoint ones, and ones that overlap as these do.

    The spread of overlapping splits is too small by what they have in common, 1 / (1 + overlap) of a variance.
    """
    disjoint = half * math.sqrt((1 + OVERLAP) / (1 + seeds * OVERLAP))
    return seeds_needed(disjoint, seeds, POINT), seeds_needed(half, seeds, POINT, overlap=OVERLAP)


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    category, subcategory = facts["differences"][CATEGORY], facts["differences"][SUBCATEGORY]
    return {
        "no difference is shown by category": not excludes_zero(*category),
        "no difference is shown by subcategory": not excludes_zero(*subcategory),
        "the best setting of CLIP is at the edge of the grid": min(facts["at_edge"], facts["weakest"])
        > facts["seeds"] / 2,
        "no number of overlapping splits shows a point": all(math.isinf(own) for _, own in facts["needed"].values()),
    }


def of(tables: Tables) -> Of:
    """A difference by each label set."""
    table = tables["pretraining"]
    return Of(1, table["seed"].nunique(), table["labels"].nunique())


FINDING = Finding(
    "pretraining",
    "Do captions train a better encoder than augmentations, from pixels?",
    ("pretraining",),
    ("pretraining",),
    facts,
    claims,
    of,
)
