"""Multi-hop consistency and its distance from the truth."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.multihop import closing, shown_emoji
from pairbounds.figures.tightness_map import near, points_of


def facts(tables: Tables) -> Facts:
    """The shares of points where theorems 15 and 4 are within a factor 2 of the error, and both on emoji."""
    points, emoji = points_of(tables["bound_holds"]), shown_emoji(tables["emoji_multihop"])
    return {
        "points": len(points),
        "multihop": near(points, "multihop-mse"),
        "plain": near(points, "probe-mse"),
        "k": int(emoji["k"].iloc[0]),
        "emoji": closing(emoji),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    emoji = facts["emoji"]
    return {
        "theorem 15 is within a factor 2 of the truth on most points": facts["multihop"] > 0.5,
        "theorem 4 is so on fewer points": facts["plain"] < facts["multihop"],
        "theorem 4 says nothing on emoji": emoji.plain >= 1,
        "the true error lies in the interval of theorem 15": emoji.lower <= emoji.true <= emoji.upper,
    }


def of(tables: Tables) -> Of:
    """The points of random worlds, by two bounds."""
    points = points_of(tables["bound_holds"])
    return Of(points["seed"].nunique(), 1, 2 * len(points))


FINDING = Finding(
    "multihop",
    "Which bound is near the truth?",
    ("bound_holds", "emoji_multihop"),
    ("tightness_map", "multihop"),
    facts,
    claims,
    of,
)
