"""The paper's first experiment: captions against augmentations, from pixels."""

import math

import pandas as pd

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Tables, require_labels
from pairbounds.figures.intervals import excludes_zero
from pairbounds.figures.pretraining import KINDS, difference, settings_tried
from pairbounds.real_data.training.splits import OVERLAP
from pairbounds.theory.quantities.intervals import detectable, seeds_needed

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
    """How many seeds it would take if their splits had nothing in common."""
    return seeds_needed(half * math.sqrt((1 / seeds) / (1 / seeds + OVERLAP)), seeds, ASKED)


def best(tried: pd.DataFrame) -> pd.DataFrame:
    """Of each objective and seed the run with the best validation accuracy; of one label set."""
    return tried.loc[tried.groupby(["kind", "seed"])["validation"].idxmax()]


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    category, subcategory = facts["differences"][CATEGORY], facts["differences"][SUBCATEGORY]
    return {
        "no number of seeds would show a small difference": math.isinf(facts["needed"]),
        "no difference is shown by category": not excludes_zero(*category),
        "no difference is shown by subcategory": not excludes_zero(*subcategory),
        "the best setting of CLIP is at the edge of the grid": facts["at_edge"] > facts["seeds"] / 2,
    }


FINDING = Finding(
    "pretraining",
    110,
    "Do captions train a better encoder than augmentations, from pixels?",
    ("pretraining",),
    ("pretraining",),
    "That captions train a better encoder than augmentations is not shown, neither by category nor by subcategory.",
    """
This is the paper's first experiment, in small. One residual network is trained on the same emoji for {{ steps }} steps,
with captions (CLIP) or with augmentations (SimCLR). Each gets the best of {{ settings }} settings by validation
accuracy. The table shows test accuracies in percent, with {{ seeds }} seeds and 95%
intervals. The seeds split one set of concepts, and the intervals allow for what the splits have in common (Nadeau and
Bengio 2003).

| labels | captions | augmentations | difference | untrained |
|---|---:|---:|---:|---:|
{% for labels, by_kind in accuracies.items() %}
| {{ labels }} | {{ by_kind.clip | give_or_take }} | {{ by_kind.simclr | give_or_take }} |
{#- #} {{ differences[labels] | signed_give_or_take }} | {{ by_kind.untrained | give_or_take }} |
{% endfor %}

With 80% probability a difference of {{ detectable.category | fixed(1) }} points by category, and of
{{ detectable.subcategory | fixed(1) }} by subcategory, would have been shown. No number of seeds would show a
difference of {{ asked | int }} point by category, because the splits have too much in common. It would take other
images: with disjoint splits as large as these, {{ disjoint | int }} seeds.

Tuning matters. On a first grid of {{ few }} settings, where the best lay at the edge, the difference by category was
{{ with_few | signed_give_or_take }}. On the wider grid CLIP's best is at the edge still: it has
the largest learning rate, {{ largest_rate }}, on {{ at_edge }} of {{ seeds }} seeds.
""",
    facts,
    claims,
    after_looking=(
        "the wider grid, and the correction for what the splits have in common; before it, the difference by "
        "category was said to be shown."
    ),
    overturned="more seeds or a longer training, after which the 95% interval of a difference excludes 0, at "
    "settings that do not lie at the edge of their grid.",
)
