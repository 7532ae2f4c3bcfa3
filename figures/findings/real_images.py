"""The bounds on the captions of emoji."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.real_images import components, images, quoted, ranges


def facts(tables: Tables) -> Facts:
    """The bounds on categories at one width, in how many parts the graph falls, and the range over all optima."""
    energy = tables["emoji_energy"]
    many = {labels: ranges(tables["emoji_bounds"], labels) for labels in ("category", "subcategory")}
    return {
        "many": many,
        "narrowest": min((min(own) for own in many.values() if own), default=0),
        "images": images(energy),
        "quoted": quoted(tables["emoji_bounds"], "category"),
        "components": components(energy),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    quoted = facts["quoted"]
    return {
        "the sharper bound is between the error and the plain bound": quoted.measured <= quoted.sharp < quoted.plain,
        "the graph falls into parts": facts["components"] > 1,
    }


FINDING = Finding(
    "real_images",
    130,
    "How good are the bounds on real captions?",
    ("emoji_bounds", "emoji_energy"),
    ("real_images",),
    "On emoji at k = {{ quoted.k }} the plain bound on the error by category is {{ quoted.plain | fixed }}, the "
    "sharper one {{ quoted.sharp | fixed }}, and the measured error {{ quoted.measured | fixed(3) }}.",
    """
The graph is the exact caption graph of {{ images | counted }} emoji images. It has {{ components }} singular values
σ = 1. So theorem 4 says nothing finite for k < {{ components }}.

{% if narrowest %}
There the optimum is one of many. Over all of them the squared error at k = {{ narrowest }} is between
{{ many.category[narrowest][0] | fixed }} and {{ many.category[narrowest][1] | fixed }} by category, and between
{{ many.subcategory[narrowest][0] | fixed }} and {{ many.subcategory[narrowest][1] | fixed }} by subcategory.
{% endif %}
""",
    facts,
    claims,
    "real_images",
    "Emoji: bounds and measured error against the width of the embedding, and where in the spectrum the labels live.",
    after_looking="the width that the answer quotes; the figure has all of them.",
    overturned="an error in the program alone, for the graph is known exactly and all is computed from it; other "
    "captions or another data set would be another finding.",
)
