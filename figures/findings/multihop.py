"""Multi-hop consistency and its distance from the truth."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.multihop import closing, near_by_family, shown_emoji
from pairbounds.figures.summaries import mean_and_half
from pairbounds.figures.tightness_map import TRUE, capped, near, points_of


def facts(tables: Tables) -> Facts:
    """The shares of points where theorems 15 and 4 are within a factor 2 of the error, and both on emoji."""
    points, emoji = points_of(tables["bound_holds"]), shown_emoji(tables["emoji_multihop"])
    families = near_by_family(tables["other_families"])
    errors = tables["bound_holds"].query("bound == 'probe-error'").merge(points[["seed", "pairs", "k"]])
    worlds = (points["multihop-mse"] >= 0.5).groupby(points["seed"]).mean()
    return {
        "points": len(points),
        "worlds": len(worlds),
        "multihop": near(points, "multihop-mse"),
        "by_world": mean_and_half(worlds),
        "plain": near(points, "probe-mse"),
        "sharp": near(points, "sharp-probe-mse"),
        "one": near(points, TRUE),
        "capped": {name: float((capped(points, name) >= 0.5).mean()) for name in ("probe-mse", "sharp-probe-mse")},
        "multihop_error": near(points, "multihop-error"),
        "local_error": near(points, "local-multihop-error"),
        "guess_error": float((errors["measured"] >= errors["guess"] / 2).mean()),
        "no_error": float((points["multihop-error"] == 0).mean()),
        "families": len(families),
        "family_points": int(families["points"].sum()),
        "near_family": {name: float(families[name].mean()) for name in ("theorem_15", "theorem_4")},
        "least_family": {
            "name": str(families.index[0]).replace("_", " "),
            "near": float(families["theorem_15"].iloc[0]),
            "points": int(families["points"].iloc[0]),
        },
        "k": int(emoji["k"].iloc[0]),
        "emoji": closing(emoji),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    emoji = facts["emoji"]
    return {
        "theorem 15 is within a factor 2 of the truth on most points": facts["multihop"] > 0.5,
        "theorem 4 is so on fewer points than a bound that is always 1": facts["plain"] < facts["one"],
        "capped at 1, the forms of theorem 4 are so on fewer points than theorem 15": max(facts["capped"].values())
        < facts["multihop"],
        "of the 0-1 error guessing is so on more points than theorems 15 and 16": facts["guess_error"]
        > max(facts["multihop_error"], facts["local_error"]),
        "on other families, too, theorem 15 is so near on more points than theorem 4": facts["near_family"][
            "theorem_15"
        ]
        > facts["near_family"]["theorem_4"],
        "theorem 4 says nothing on emoji": emoji.plain >= 1,
        "the true error lies in the interval of theorem 15": emoji.lower <= emoji.true <= emoji.upper,
    }


def of(tables: Tables) -> Of:
    """The points of random worlds, by seven bounds; those of other families are beside them."""
    points = points_of(tables["bound_holds"])
    return Of(points["seed"].nunique(), 1, 7 * len(points))


FINDING = Finding(
    "multihop",
    "Which bound is near the truth?",
    ("bound_holds", "other_families", "emoji_multihop"),
    ("tightness_map", "multihop"),
    facts,
    claims,
    of,
)
