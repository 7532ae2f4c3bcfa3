"""The bounds on the captions of emoji."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.real_images import LABEL_SETS, components, images, informative_from, quoted


def facts(tables: Tables) -> Facts:
    """The bounds on categories at one width, and in how many parts the graph falls."""
    bounds, energy = tables["emoji_bounds"], tables["emoji_energy"]
    return {
        "images": images(energy),
        "quoted": {labels: quoted(bounds, labels) for labels in LABEL_SETS},
        "informative_from": informative_from(bounds, LABEL_SETS[0]),
        "widths": int(bounds["k"].nunique()),
        "components": components(energy),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    both, least = facts["quoted"].values(), facts["informative_from"]
    return {
        "the sharper bound and theorem 15 are between the error and the plain bound": all(
            one.measured <= bound < one.plain for one in both for bound in (one.sharp, one.multihop)
        ),
        "at the width that is quoted the plain bound is worse than guessing": all(
            one.plain >= one.guess for one in both
        ),
        "at smaller widths theorem 15 and the sharper bound are better than guessing": (
            0 < least[2] < least[1] < least[0]
        ),
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
