"""What resampling does in training, from pixels."""

import pandas as pd

from figures.accuracies import accuracies
from figures.findings.finding import SUBCATEGORY, Facts, Finding, Tables, require_labels
from figures.intervals import excludes_zero
from figures.resampled_training import (
    GUIDES,
    REFERENCES,
    RULES,
    changes_over_simclr,
    foretold_changes,
    foretold_rank,
    mean_changes,
    published_changes,
)

ADD = "add_new_positive"
DROPPING = ("drop_easy_negative", "drop_false_positive", "drop_false_negative")
COMBINED = next(rule for rule in RULES if "+" in rule)
UNRELATED = 0.3  # a rank correlation that is smaller tells nothing of so few points


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, the changes by rule and guide, and how well the graphs foretell them."""
    table = tables["resampled_training"]
    changes, names = changes_over_simclr(table), table["labels"].unique()
    require_labels(names)
    plain = table[table["rule"] == "none"]
    foretold = foretold_changes(changes, tables["resampled_views"])
    return {
        "seeds": table["seed"].nunique(),
        "steps": int(table["steps"].max()),
        "levels": {labels: accuracies(plain[plain["labels"] == labels], REFERENCES) for labels in names},
        "changes": {
            labels: {rule: mean_changes(changes[changes["labels"] == labels], rule) for rule in RULES}
            for labels in names
        },
        "rules": RULES,
        "guides": {guide: GUIDES[guide][0].removeprefix("guide: ") for guide in GUIDES},
        "combined": COMBINED,
        "random_losses": _losses(changes[changes["labels"] == SUBCATEGORY], "random"),
        "rho": foretold_rank(foretold),
        "foretold": len(foretold),
        "published": published_changes(),
    }


def _losses(changes: pd.DataFrame, guide: str) -> list[str]:
    """The rules that are shown to lower the accuracy with one guide."""
    found = {name: mean_changes(changes, rule).get(guide, (0.0, 0.0)) for rule, name in RULES.items()}
    return [name for name, (mean, half) in found.items() if mean < 0 and excludes_zero(mean, half)]


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    changes = facts["changes"]
    return {
        "all four rules together help by subcategory": changes[SUBCATEGORY][COMBINED]["encoder"][0] > 0
        and excludes_zero(*changes[SUBCATEGORY][COMBINED]["encoder"]),
        "no other change with the guide that learned from captions is shown": not any(
            excludes_zero(*changes[labels][rule]["encoder"])
            for labels, rule in ((labels, rule) for labels in changes for rule in RULES)
            if (labels, rule) != (SUBCATEGORY, COMBINED)
        ),
        "no effect with the labels as the guide is shown": not any(
            excludes_zero(*by_guide["labels"])
            for by_rule in changes.values()
            for by_guide in by_rule.values()
            if "labels" in by_guide
        ),
        "by subcategory a random guide is shown to do harm": bool(facts["random_losses"]),
        "with a random guide AddNewPositive and all four together do not help": max(
            changes[labels][rule]["random"][0] for labels in changes for rule in (ADD, COMBINED)
        )
        < 0,
        "what is foretold on graphs has nothing to do with it": abs(facts["rho"]) < UNRELATED,
    }


FINDING = Finding(
    "resampled_training",
    100,
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_views"),
    ("resampled_training",),
    "In small training runs on emoji only one gain by CLIP-guided resampling is shown: all four rules together change "
    "the accuracy by subcategory by {{ changes.subcategory[combined].encoder | signed_give_or_take }} percentage "
    "points.",
    """
SimCLR was trained on emoji for {{ steps }} steps and judged by a linear probe on unseen concepts. All numbers have
{{ seeds }} seeds and 95% t intervals. Accuracies are in percent, and changes are in percentage points over SimCLR with
the same seed.

| accuracy without resampling |{% for labels in levels %} by {{ labels }} |{% endfor %}

|---|{% for _ in levels %}---:|{% endfor %}

{% for kind, name in (("simclr", "SimCLR"), ("untrained", "untrained"), ("supervised", "supervised")) %}
| {{ name }} |{% for level in levels.values() %} {{ level[kind] | give_or_take }} |{% endfor %}

{% endfor %}

| rule and its guide |{% for labels in changes %} change by {{ labels }} |{% endfor %}

|---|{% for _ in changes %}---:|{% endfor %}

{% for rule, name in rules.items() %}
{% for guide, said in guides.items() if guide in (changes.values() | first)[rule] %}
| {{ name }}, {{ said }} |
{%- for by_rule in changes.values() %} {{ by_rule[rule][guide] | signed_give_or_take }} |{% endfor %}

{% endfor %}
{% endfor %}

The image-text encoder is the guide that learned from captions. With it no effect of the three rules that drop pairs is
shown. No effect of any rule is shown with the labels themselves as the guide. With a random guide AddNewPositive and
all four together lower the accuracy on average. By subcategory such a loss is shown for {{ random_losses | listed }}.

What theorem 15 foretells on graphs has nothing to do with the change of accuracy by category. Over {{ foretold }} rules
and guides Spearman's ρ is {{ rho | fixed }}.

Zhang, Wang and Wang (2023) published these changes on ImageNet:
{% for rule, change in published.items() %}
{{ rules[rule] }} {{ change | signed(1) }}{{ "." if loop.last else "," }}
{% endfor %}
""",
    facts,
    claims,
)
