"""Bounds of the 0-1 error: how often they are informative, and their distance from the error."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.ladder import RUNGS, on_emoji, on_worlds, world_points

WIDTH = 100  # of the emoji embedding that is quoted
NAMES = {
    "probe-error": "four",
    "multihop-error": "fifteen",
    "local-multihop-error": "sixteen",
    "trained-error": "vectors",
}


def facts(tables: Tables) -> Facts:
    """The rungs of the ladder on worlds and on emoji."""
    emoji = on_emoji(tables["emoji_bounds"])
    k = WIDTH if WIDTH in emoji.index else int(emoji.index[0])
    steps = dict(zip((*RUNGS, "square", "guess"), on_worlds(tables["bound_holds"]), strict=True))
    return {
        "points": len(world_points(tables["bound_holds"])),
        "worlds": tables["bound_holds"]["seed"].nunique(),
        "guess": steps["guess"],
        "k": k,
        "error": float(emoji["true"][k]),
        "square": steps["square"],
        **{name: steps[bound] for bound, name in NAMES.items()},
        **{f"{name}_emoji": float(emoji[bound][k]) for bound, name in NAMES.items()},
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    four, fifteen, sixteen = (facts[name] for name in ("four", "fifteen", "sixteen"))
    return {
        "each step up the ladder beats guessing on more points": four.beats < fifteen.beats < sixteen.beats,
        "each step up the ladder is nearer the error": four.excess > fifteen.excess > sixteen.excess,
        "guessing is as near the error as theorem 15": abs(facts["guess"].excess - fifteen.excess) < fifteen.half,
        "on emoji, too, each step is nearer": facts["four_emoji"] > facts["fifteen_emoji"] > facts["sixteen_emoji"],
    }


def of(tables: Tables) -> Of:
    """The points of random worlds, by each bound."""
    table = tables["bound_holds"]
    return Of(table["seed"].nunique(), 1, len(RUNGS) * len(world_points(table)))


FINDING = Finding(
    "ladder",
    "Do the bounds say anything about the 0-1 error?",
    ("bound_holds", "emoji_bounds"),
    ("ladder",),
    facts,
    claims,
    of,
)
