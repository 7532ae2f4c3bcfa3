"""What resampling does in training, from pixels."""

from figures.accuracies import accuracies
from figures.findings.finding import CATEGORY, SUBCATEGORY, Facts, Finding, Tables, require_labels
from figures.intervals import excludes_zero
from figures.resampled_training import (
    GUIDES,
    REFERENCES,
    RULES,
    changes_over_simclr,
    foretold_changes,
    foretold_rank,
    least_detectable,
    mean_changes,
    over_guide,
    over_random,
    published_changes,
    spread_of_weights,
    tuned_changes,
    without_resampling,
)

OTHERS = ("no_text", "captions")  # guides that tables of later measurements have
COMBINED = next(rule for rule in RULES if "+" in rule)
OVER_RANDOM = ("add_new_positive", COMBINED)  # the rules whose change is shown to be due to the guide, by subcategory
UNRELATED = 0.3  # a rank correlation that is smaller tells nothing of so few points


def facts(tables: Tables) -> Facts:
    """Accuracies without resampling, the changes by rule and guide, and how well the graphs foretell them."""
    table = tables["resampled_training"]
    changes, names = changes_over_simclr(table), table["labels"].unique()
    require_labels(names)
    plain = without_resampling(table)
    by_labels = {labels: changes[changes["labels"] == labels] for labels in names}
    foretold = foretold_changes(changes, tables["resampled_views"])
    return {
        "seeds": table["seed"].nunique(),
        "steps": int(table["steps"].max()),
        "levels": {labels: accuracies(plain[plain["labels"] == labels], REFERENCES) for labels in names},
        "changes": {labels: {rule: mean_changes(own, rule) for rule in RULES} for labels, own in by_labels.items()},
        "detectable": {labels: least_detectable(own) for labels, own in by_labels.items()},
        "over_random": {labels: over_random(own) for labels, own in by_labels.items()},
        "over_others": {
            guide: {labels: over_guide(own, guide) for labels, own in by_labels.items()}
            for guide in OTHERS
            if (changes["guide"] == guide).any()
        },
        "baselines": int(changes["baselines"].min()),
        "of_weights": {labels: spread_of_weights(table[table["labels"] == labels]) for labels in names},
        "tuned": {labels: tuned_changes(table[table["labels"] == labels]) for labels in names},
        "shown": OVER_RANDOM,
        "rules": RULES,
        "guides": {guide: GUIDES[guide][0].removeprefix("guide: ") for guide in GUIDES},
        "rho": foretold_rank(foretold),
        "foretold": len(foretold),
        "published": published_changes(),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    over = facts["over_random"]
    return {
        "no change over SimCLR is shown": not any(
            excludes_zero(*change)
            for by_rule in facts["changes"].values()
            for by_guide in by_rule.values()
            for change in by_guide.values()
        ),
        "by subcategory two rules gain more by the encoder than by a random guide": all(
            excludes_zero(*over[SUBCATEGORY][rule]) == (rule in OVER_RANDOM) and over[SUBCATEGORY][rule][0] > 0
            for rule in RULES
        ),
        "by category no rule does": not any(excludes_zero(*change) for change in over[CATEGORY].values()),
        "most of the published changes are too small to be shown": sum(
            change < min(facts["detectable"].values()) for change in facts["published"].values()
        )
        > len(facts["published"]) / 2,
        "what is foretold on graphs has nothing to do with it": abs(facts["rho"]) < UNRELATED,
    }


FINDING = Finding(
    "resampled_training",
    100,
    "Does CLIP-guided resampling help in training, from pixels?",
    ("resampled_training", "resampled_views"),
    ("resampled_training",),
    "In small training runs on emoji no change of the accuracy by any resampling rule is shown; by subcategory two "
    "rules are shown to do more with a guide that learned from captions than with a random one.",
    """
SimCLR was trained on emoji for {{ steps }} steps and judged by a linear probe on unseen concepts. All numbers have
{{ seeds }} seeds. Accuracies are in percent, and changes are in percentage points over SimCLR with the same seed. The
seeds split one set of concepts, and the 95% intervals allow for what the splits have in common (Nadeau and Bengio
2003). Changes have one spread, pooled over all rules and guides: the smallest of so many has it by chance.

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
subcategory. Smaller ones they cannot tell from none, and most of the published ones are smaller.

What the guide knows is asked by the difference to a random guide with the same seed. By subcategory it is
{{ over_random.subcategory[shown[0]] | signed_give_or_take }} for AddNewPositive and
{{ over_random.subcategory[shown[1]] | signed_give_or_take }} for all four rules together, and it is shown for no other
rule. By category it is {{ over_random.category[shown[0]] | signed_give_or_take }} and
{{ over_random.category[shown[1]] | signed_give_or_take }}, so that nothing is shown. Part of the difference is the harm
that a random guide seems to do. Ten differences were looked at, and the intervals are not widened for that.

{% if over_others %}
The same difference to other guides, by label set:

| rule |{% for guide in over_others %}{% for labels in changes %} {{ guides[guide] }}, {{ labels }} |
{#- #}{% endfor %}{% endfor %}

|---|{% for _ in over_others %}{% for _ in changes %}---:|{% endfor %}{% endfor %}

{% for rule, name in rules.items() %}
| {{ name }} |{% for by_labels in over_others.values() %}{% for by_rule in by_labels.values() %}
{#- #} {% if rule in by_rule %}{{ by_rule[rule] | signed_give_or_take }}{% endif %} |{% endfor %}{% endfor %}

{% endfor %}

{% endif %}
{% if baselines > 1 %}
Each change is over the mean of {{ baselines }} SimCLRs that share the split and differ in their weights. These alone
move SimCLR's accuracy by {% for labels, points in of_weights.items() %}{{ points | fixed(1) }} points by {{ labels }}
{{- " and " if not loop.last }}{% endfor %}, one standard deviation. The intervals take apart what all changes of a
split have in common, their baselines among it, and what each has of its own.

{% endif %}
{% if tuned.category %}
Tuned alike, learning rate and strength of the augmentations chosen by validation, the changes over SimCLR are
{% for labels, found in tuned.items() %}{% for (rule, guide), change in found.items() %}
{{ change | signed_give_or_take }} by {{ labels }} for {{ rules[rule] }}, {{ guides[guide] }}
{{- "." if loop.last and loop.revindex == 1 else "," }}
{% endfor %}{% endfor %}

{% endif %}
What theorem 15 foretells on graphs has nothing to do with the change of accuracy by category. Over {{ foretold }} rules
and guides Spearman's ρ is {{ rho | fixed }}.

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
        "after that, and the sentence was withdrawn."
    ),
    overturned="more seeds or a longer training, after which a rule's change has a 95% interval above 0; or after "
    "which that of the two differences to a random guide includes 0.",
)
