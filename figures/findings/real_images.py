"""The bounds on the captions of emoji."""

from figures.findings.finding import Facts, Finding, Tables
from figures.real_images import components, images, quoted


def facts(tables: Tables) -> Facts:
    """The bounds on categories at one width, and in how many parts the graph falls."""
    energy = tables["emoji_energy"]
    return {
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
""",
    facts,
    claims,
    "real_images",
    "Emoji: bounds and measured error against the width of the embedding, and where in the spectrum the labels live.",
)
