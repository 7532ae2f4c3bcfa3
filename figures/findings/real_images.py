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
    """The claims of the sentences, each with its truth."""
    quoted = facts["quoted"]
    return {
        "the sharper bound is between the error and the plain bound": quoted.measured <= quoted.sharp < quoted.plain,
        "the graph falls into parts": facts["components"] > 1,
    }


FINDING = Finding(
    "real_images",
    "How good are the bounds on real captions?",
    ("emoji_bounds", "emoji_energy"),
    ("real_images",),
    facts,
    claims,
)
