"""How near the truth multi-hop consistency is."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.multihop import closing, shown_emoji
from pairbounds.figures.tightness_map import near, points_of


def facts(tables: Tables) -> Facts:
    """How often theorems 15 and 4 are within a factor 2 of the error, and both on emoji."""
    points, emoji = points_of(tables["bound_holds"]), shown_emoji(tables["emoji_multihop"])
    return {
        "points": len(points),
        "multihop": near(points, "multihop-mse"),
        "plain": near(points, "probe-mse"),
        "k": int(emoji["k"].iloc[0]),
        "emoji": closing(emoji),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    emoji = facts["emoji"]
    return {
        "theorem 15 is within a factor 2 of the truth on most points": facts["multihop"] > 0.5,
        "theorem 4 is so on fewer points": facts["plain"] < facts["multihop"],
        "theorem 4 says nothing on emoji": emoji.plain >= 1,
        "the true error lies in the interval of theorem 15": emoji.lower <= emoji.true <= emoji.upper,
    }


FINDING = Finding(
    "multihop",
    20,
    "Which bound is near the truth?",
    ("bound_holds", "emoji_multihop"),
    ("tightness_map", "multihop"),
    "Multi-hop consistency (theorem 15) is within a factor 2 of the true squared error on {{ multihop | percent }} of "
    "the points, theorem 4 on {{ plain | percent }}.",
    """
There are {{ points | counted }} points. Each is a graph of a random world, at one width, whose induced labelling error
is above 0. Theorem 15 needs a few products with the matrix and no eigenvector.

The captions of emoji are an example, at k = {{ k }}. There theorem 4 bounds the squared error by
{{ emoji.plain | fixed }}, which says nothing, because the squared error of a probe is never above 1. With
{{ emoji.hops }} hops theorem 15 shows that the error lies between {{ emoji.lower | fixed }} and
{{ emoji.upper | fixed }}. The true squared error is {{ emoji.true | fixed }}.
""",
    facts,
    claims,
    "multihop",
    "Multi-hop consistency: the interval closes on the true error, on a world and on emoji.",
    after_looking=(
        "theorem 15 itself, which was looked for when theorem 4 was seen to say little on such worlds; and the "
        "factor 2 that stands for near."
    ),
    overturned="worlds on which theorem 15 is within a factor 2 on fewer than half of the points.",
)
