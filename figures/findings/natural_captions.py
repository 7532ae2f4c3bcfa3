"""Whether what was found on emoji is found where people wrote the captions."""

from typing import Any

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.natural_captions import BY_ENCODER, CURVES, EXACT, TITLES, by_words, leads, shown
from pairbounds.figures.natural_tails import of_error, once

WORDED = {EXACT: "known exactly", BY_ENCODER: "estimated by a small encoder"}
PLAIN, MULTIHOP, LOCAL, TRAINED = (bound for bound, *_ in CURVES)


def facts(tables: Tables) -> Facts:
    """The graphs, the verdict on each set, the bounds at the largest width, and what dropping pairs does."""
    ahead = leads(tables["natural_difference"])
    learned = tables["natural_learned"]
    verdict = of_error(tables["natural_what_if"])
    bounds = by_words(tables["natural_bounds"])
    widest = bounds[(bounds["pairing"] == EXACT) & (bounds["k"] == bounds["k"].max())]
    return {
        "sets": {name: _graph(tables["natural_graphs"], name) for name in TITLES},
        "titles": TITLES,
        "draws": int(learned.groupby("dataset")["draw"].nunique().max()),
        "shown": shown(ahead),
        "worded": WORDED,
        "least": _least_leads(ahead),
        "k": int(bounds["k"].max()),
        "bounds": {name: _bounds(widest[widest["dataset"] == name]) for name in TITLES},
        "once": once(tables["natural_tags"].query("texts == 'captions'")),
        "beats": int(verdict["beats_random"].sum()),
        "cases": len(verdict),
        "nothing": float(verdict["nothing"].mean()),
        "detectable": float(verdict["detectable"].max()),
    }


def _least_leads(ahead: pd.DataFrame) -> dict[Any, tuple[float, ...]]:
    """By data set and captions: the lead whose interval reaches lowest, and its interval."""
    lowest = ahead.sort_values("low").groupby(["dataset", "first"])[["value", "low", "high"]].first()
    return dict(zip(lowest.index, lowest.itertuples(index=False, name=None), strict=True))


def _graph(graphs: pd.DataFrame, name: str) -> dict[str, Any]:
    """Of the captions, and of their words: what is among other subjects, and the control."""
    rows = graphs[(graphs["dataset"] == name) & (graphs["exclusion"] == "subject")]
    found: dict[str, Any] = {}
    for texts, own in rows.groupby("texts", sort=False):
        exact, controls = own[own["pairing"] == EXACT].iloc[0], own[own["pairing"] != EXACT]
        found[str(texts)] = exact.to_dict() | {
            "control": float(controls["corrected"].abs().max()),
            "control_alpha": float(controls["induced_labelling_error"].mean()),
        }
    return found


def _bounds(rows: pd.DataFrame) -> dict[str, float]:
    values = {str(bound): float(value) for bound, value in zip(rows["bound"], rows["value"], strict=True)}
    return values | {"measured": float(rows["measured"].iloc[0]), "guess": float(rows["guess"].iloc[0])}


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    bounds = facts["bounds"].values()
    ahead = {key: beaten == of for key, (beaten, of) in facts["shown"].items()}
    return {
        "exact captions are ahead of all on emoji and clip-arts": ahead["emoji", EXACT] and ahead["openclipart", EXACT],
        "they are not on stamps": not facts["shown"]["tuxpaint", EXACT][0],
        "estimated captions are ahead of all nowhere": not any(
            beaten for (_, captions), (beaten, _) in facts["shown"].items() if captions == BY_ENCODER
        ),
        "exact captions are more consistent than shuffled ones on every set": all(
            graph["corrected"] > 3 * graph["control"] for each in facts["sets"].values() for graph in each.values()
        ),
        "no rule that drops pairs beats random choice in the error": facts["beats"] == 0,
        "no bound is below the error": all(
            one[name] >= one["measured"] for one in bounds for name in (PLAIN, MULTIHOP, LOCAL, TRAINED)
        ),
    }


FINDING = Finding(
    "natural_captions",
    125,
    "Is it the same where people wrote the captions?",
    (
        "natural_graphs",
        "natural_bounds",
        "natural_difference",
        "natural_learned",
        "natural_tags",
        "natural_what_if",
    ),
    ("natural_captions", "natural_tails"),
    "On clip-arts with tags, as on emoji, exact captions are ahead of augmentations, pairs without text and shuffled "
    "captions; on stamps, whose sentences are nearly names, this is not shown, and of captions that a small encoder "
    "estimates it is shown on no set.",
    """
The table shows graphs of all images. Consistency is among images of other subjects, and corrected for chance. The
control has the same graph, with the images shuffled over the captions.

| data set | joined by | images | texts | α_T | consistency | control | effective positives | alone |
|---|---|---:|---:|---:|---:|---:|---:|---:|
{% for name, graphs in sets.items() %}
{% for texts, one in graphs.items() %}
| {{ titles[name] }} | {{ texts }} | {{ one.images | counted }} | {{ one.n_texts | counted }} |
{#- #} {{ one.induced_labelling_error | fixed }} | {{ one.corrected | fixed }} | {{ one.control | fixed }} |
{#- #} {{ one.positives_others | fixed(1) }} | {{ one.alone | percent }} |
{% endfor %}
{% endfor %}

A sentence is nearly a name: {{ sets.tuxpaint.captions.alone | percent }} of the stamps share theirs with no other one.
Of the distinct captions a single image has {{ once.openclipart | percent }} on OpenClipart and
{{ once.tuxpaint | percent }} on Tux Paint.

The verdict was asked for in {{ draws }} disjoint draws of each set, at matched diversities. At how many of these are
captions more consistent than all augmentations, all pairs without text and shuffled captions, by 95% intervals? The
least lead over any of them is the one whose interval reaches lowest.

| data set | captions | ahead of all | least lead |
|---|---|---:|---:|
{% for (name, captions), (beaten, of) in shown.items() %}
| {{ titles[name] }} | {{ worded[captions] }} | at {{ beaten }} of {{ of }} | {{ least[name, captions] | interval }} |
{% endfor %}

At k = {{ k }}, joined by words, theorems 4, 15, 16 and 17 say
{% for name, one in bounds.items() %}
{{ one["probe-error"] | fixed }}, {{ one["multihop-error"] | fixed }}, {{ one["local-multihop-error"] | fixed }} and
{{ one["trained-error"] | fixed }} of an error of {{ one.measured | fixed(3) }} on {{ titles[name] }}
{{- "." if loop.last else ";" }}
{% endfor %}

On OpenClipart {{ beats }} of {{ cases }} ways to drop pairs beat random choice in the error, which is
{{ nothing | fixed }} with all pairs.

Few draws make wide intervals.
""",
    facts,
    claims,
    after_looking=(
        "to join images by words of their captions as well, when most stamps were seen to be alone; and to ask of "
        "dropped pairs on OpenClipart alone."
    ),
    overturned="captions that people wrote for other images, most of which share theirs with another one, whose "
    "exact pairs do not lead all controls; an encoder whose estimated pairs do, with 95% intervals "
    "above 0; or a rule that lowers the held-out error of OpenClipart below that with all pairs.",
)
