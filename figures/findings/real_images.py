"""The bounds on the captions of emoji."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.real_images import components, images, quoted


def facts(tables: Tables) -> Facts:
    """The bounds on categories at one width, and in how many parts the graph falls."""
    energy = tables["emoji_energy"]
    return {
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


def of(tables: Tables) -> Of:
    """The widths of each label set."""
    points = tables["emoji_bounds"][["labels", "k"]].drop_duplicates()
    return Of(1, 1, len(points))


FINDING = Finding(
    "real_images",
    "How good are the bounds on real captions?",
    ("emoji_bounds", "emoji_energy"),
    ("real_images",),
    facts,
    claims,
    of,
)
