"""The paper's first experiment: captions against augmentations, from pixels."""

import math

import pandas as pd

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Tables, require_labels
from pairbounds.figures.intervals import OVERLAP, excludes_zero
from pairbounds.figures.pretraining import KINDS, difference, settings_tried
from pairbounds.theory.quantities.confidence import detectable, seeds_needed

ASKED = 1.0  # points by category that one would like to see
FEW_RATES, FEW_STRENGTHS = (1e-3, 3e-3), (0.25, 1.0)  # the grid that was tried first


def facts(tables: Tables) -> Facts:
    """Accuracies, and the difference between both objectives, on the whole grid and on the one that was tried first."""
    table = tables["pretraining"]
    chosen, names = table[table["chosen"]], table["labels"].unique()
    require_labels(names)
    few = table[table["learning_rate"].isin(FEW_RATES) & table["strength"].isin(FEW_STRENGTHS)]
    clip = chosen[(chosen["kind"] == "clip") & (chosen["labels"] == names[0])]
    differences = {labels: difference(chosen[chosen["labels"] == labels]) for labels in names}
    seeds = chosen["seed"].nunique()
    return {
        "seeds": seeds,
        "steps": int(chosen["steps"].max()),
        "settings": settings_tried(table),
        "few": settings_tried(few),
        "accuracies": {labels: accuracies(chosen[chosen["labels"] == labels], KINDS) for labels in names},
        "differences": differences,
        "detectable": {labels: detectable(half, seeds) for labels, (_, half) in differences.items()},
        "needed": seeds_needed(differences[names[0]][1], seeds, ASKED, overlap=OVERLAP),
        "disjoint": _if_disjoint(differences[names[0]][1], seeds),
        "asked": ASKED,
        "with_few": difference(best(few[few["labels"] == names[0]])),
        "at_edge": int((clip["learning_rate"] == table["learning_rate"].max()).sum()),
        "largest_rate": float(table["learning_rate"].max()),
    }


def _if_disjoint(half: float, seeds: int) -> float:
    """The number of seeds that would be needed if their splits had nothing in common."""
    return seeds_needed(half * math.sqrt((1 / seeds) / (1 / seeds + OVERLAP)), seeds, ASKED)


def best(tried: pd.DataFrame) -> pd.DataFrame:
    """The run with the best validation accuracy of each objective and seed, for one label set."""
    return tried.loc[tried.groupby(["kind", "seed"])["validation"].idxmax()]


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    category, subcategory = facts["differences"][CATEGORY], facts["differences"][SUBCATEGORY]
    return {
        "no number of seeds would show a small difference": math.isinf(facts["needed"]),
        "no difference is shown by category": not excludes_zero(*category),
        "no difference is shown by subcategory": not excludes_zero(*subcategory),
        "the best setting of CLIP is at the edge of the grid": facts["at_edge"] > facts["seeds"] / 2,
    }


FINDING = Finding(
    "pretraining",
    "Do captions train a better encoder than augmentations, from pixels?",
    ("pretraining",),
    ("pretraining",),
    facts,
    claims,
)
