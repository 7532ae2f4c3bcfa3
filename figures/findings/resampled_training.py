"""What resampling does in training, from pixels."""

import pandas as pd

from pairbounds.figures.accuracies import accuracies
from pairbounds.figures.findings.finding import Facts, Finding, Tables, require_labels
from pairbounds.figures.intervals import excludes_zero
from pairbounds.figures.resampled_training import (
    GUIDES,
    REFERENCES,
    RULES,
    changes_over_simclr,
    foretold_changes,
    foretold_rank,
    least_detectable,
    mean_changes,
    over_guide,
    published_changes,
    spread_of_weights,
    tuned_changes,
    usual,
    without_resampling,
)

OTHERS = ("random", "no_text", "captions")  # guides that the encoder is compared with
COMBINED = next(rule for rule in RULES if "+" in rule)
NAMED = ("add_new_positive", COMBINED)  # the rules that sentences name
UNRELATED = 0.3  # a rank correlation that is smaller tells nothing of so few points


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, the changes by rule and guide, and how well the graphs foretell them."""
    table = tables["resampled_training"]
    changes, names = changes_over_simclr(table), table["labels"].unique()
    require_labels(names)
    plain = without_resampling(table)
    by_labels = {labels: changes[changes["labels"] == labels] for labels in names}
    foretold = foretold_changes(changes, tables["resampled_views"])
    whole = usual(table)["seed"].unique()
    return {
        "seeds": len(whole),
        "all_seeds": table["seed"].nunique(),
        "steps": int(table["steps"].max()),
        "levels": {labels: accuracies(plain[plain["labels"] == labels], REFERENCES) for labels in names},
        "changes": {labels: {rule: mean_changes(own, rule) for rule in RULES} for labels, own in by_labels.items()},
        "detectable": {labels: least_detectable(own) for labels, own in by_labels.items()},
        "over": {
            guide: {labels: over_guide(own, guide) for labels, own in by_labels.items()}
            for guide in OTHERS
            if (changes["guide"] == guide).any()
        },
        "baselines": int(changes["baselines"].min()),
        "of_weights": {labels: spread_of_weights(table[table["labels"] == labels]) for labels in names},
        "tuned": {labels: _tuned(table[table["labels"] == labels]) for labels in names},
        "further": {
            labels: _tuned(table[(table["labels"] == labels) & ~table["seed"].isin(whole)]) for labels in names
        },
        "weaker": _weaker(table),
        "neighbours": {
            labels: _tuned(table[table["labels"] == labels].assign(test=table["knn_test"])) for labels in names
        },
        "rules": RULES,
        "guides": {guide: GUIDES[guide][0].removeprefix("guide: ") for guide in GUIDES},
        "rho": foretold_rank(foretold),
        "foretold": len(foretold),
        "published": published_changes(),
    }


def _weaker(table: pd.DataFrame) -> float:
    """Of how many encoders that were tuned the chosen augmentations are weaker than the usual ones."""
    tuned = table[table.groupby(["seed", "kind", "rule", "guide", "repeat"])["tuned"].transform("any")]
    usual_strength = usual(table)["tried_strength"].max()
    return float((tuned[tuned["chosen"]]["tried_strength"] < usual_strength).mean())


def _tuned(table: pd.DataFrame) -> tuple[float, float]:
    """The change by the rule that was tuned as SimCLR was, and half its interval."""
    return tuned_changes(table)[NAMED[0], "encoder"]


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    over, tuned = facts["over"], [*facts["tuned"].values(), *facts["further"].values()]
    usual_changes = [
        change for by_rule in facts["changes"].values() for by_guide in by_rule.values() for change in by_guide.values()
    ]
    harm = [by_rule[NAMED[0]]["random"] for by_rule in facts["changes"].values()]
    return {
        "no gain over SimCLR is shown at the usual strength": not any(mean > half for mean, half in usual_changes),
        "AddNewPositive by a random guide is shown to do harm": all(mean < -half for mean, half in harm),
        "AddNewPositive does more by the encoder than by a random guide": all(
            by_rule[NAMED[0]][0] > by_rule[NAMED[0]][1] for by_rule in over["random"].values()
        ),
        "what text adds to the guide is not shown": not any(
            excludes_zero(*change) for by_rule in over["no_text"].values() for change in by_rule.values()
        ),
        "tuned alike, AddNewPositive is ahead, by all seeds and by the further ones": all(
            mean > half for mean, half in tuned
        ),
        "weaker augmentations are chosen for most": facts["weaker"] > 1 / 2,
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in facts["published"].values()
        )
        > len(facts["published"]) / 2,
        "a smaller bound on graphs does not go with a larger gain": facts["rho"] > -UNRELATED,
    }


FINDING = Finding(
    "resampled_training",
    100,
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_views"),
    ("resampled_training",),
    "In small training runs on emoji AddNewPositive, by a guide that learned from captions, is ahead of SimCLR where "
    "the strength of the augmentations is tuned for both; at full strength no gain by any rule is shown.",
    """
SimCLR was trained on emoji for {{ steps }} steps and judged by a linear probe on unseen concepts. Numbers have
{{ seeds }} seeds, if nothing else is said. Accuracies are in percent, and changes are in percentage points over SimCLR
with the same seed. The seeds split one set of concepts, and the 95% intervals allow for what the splits have in common
(Nadeau and Bengio 2003). Changes have one spread, pooled over all rules and guides: the smallest of so many has it by
chance.

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

The image-text encoder is the guide that learned from captions. With 80% probability the runs would have shown a change
of {{ detectable.category | fixed(1) }} points by category and of {{ detectable.subcategory | fixed(1) }} by
subcategory. Smaller ones they cannot tell from none, and most of the published ones are smaller. Each change is over
the mean of {{ baselines }} SimCLRs that share the split and differ in their weights. These alone move SimCLR's accuracy
by {% for labels, points in of_weights.items() %}{{ points | fixed(1) }} points by {{ labels }}
{{- " and " if not loop.last }}{% endfor %}, one standard deviation. The intervals take apart what all changes of a
split have in common, their baselines among it, and what each has of its own.

What the guide knows is asked by the difference to other guides with the same split.

| the encoder over |{% for guide in over %}{% for labels in changes %} {{ guides[guide] }}, {{ labels }} |
{#- #}{% endfor %}{% endfor %}

|---|{% for _ in over %}{% for _ in changes %}---:|{% endfor %}{% endfor %}

{% for rule, name in rules.items() %}
| {{ name }} |{% for by_labels in over.values() %}{% for by_rule in by_labels.values() %}
{#- #} {% if rule in by_rule %}{{ by_rule[rule] | signed_give_or_take }}{% endif %} |{% endfor %}{% endfor %}

{% endfor %}

AddNewPositive does more by the encoder than by a random guide, which does harm. Over a guide that has met no text
nothing is shown for any rule. So that text made the guide better is not shown, but only that a guide has to know
something. The intervals are not widened for the number of differences.

With the strength of the augmentations chosen by validation for each, which is less than full strength in
{{ weaker | percent }} of the cases, AddNewPositive by the encoder is ahead by
{{ tuned.category | signed_give_or_take }} points by category and by {{ tuned.subcategory | signed_give_or_take }} by
subcategory, over {{ all_seeds }} seeds. The further {{ all_seeds - seeds }} of these were measured because the first
{{ seeds }} looked so, and alone they give {{ further.category | signed_give_or_take }} and
{{ further.subcategory | signed_give_or_take }}. In place of the linear probe, the votes of nearest neighbours give
{{ neighbours.category | signed_give_or_take }} and {{ neighbours.subcategory | signed_give_or_take }} over all seeds.
Other guides were not tuned, so that it is not known whether this needs text.

Theorem 15 on graphs does not foretell the change of accuracy by category. Over {{ foretold }} rules and guides
Spearman's ρ of the change of the bound and that of the accuracy is {{ rho | fixed }}, where a bound that foretells
would make it negative.

Zhang, Wang and Wang (2023) published these changes on ImageNet:
{% for rule, change in published.items() %}
{{ rules[rule] }} {{ change | signed(1) }}{{ "." if loop.last else "," }}
{% endfor %}
""",
    facts,
    claims,
    after_looking=(
        "most of how it is judged. Earlier measurements had one baseline for each split and an interval for each "
        "rule by its own seeds; one of 14 changes was said to be shown. The pooled spread, the correction for "
        "overlap, more baselines, the guides without text and with exact captions, and the tuning of SimCLR came "
        "after that, and the sentence was withdrawn. That what is tuned has further seeds was decided when the first "
        "ones had been seen."
    ),
    overturned="further seeds with which the 95% interval of the difference between the tuned runs includes 0; of the "
    "doubt about text, a guide without text that is tuned alike and falls behind the encoder.",
)
