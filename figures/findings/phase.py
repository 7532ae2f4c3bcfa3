"""The smaller bound and the better encoder."""

import numpy as np

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.phase import BEST, Outcome, outcome
from pairbounds.figures.phase_worlds import EMOJI, LOOKS, by_world, on_emoji, order_on_emoji
from pairbounds.figures.summaries import mean_and_half


def facts(tables: Tables) -> Facts:
    """The shares of points where the bounds are right: in many worlds, in one, and on emoji."""
    found, worlds = outcome(tables["phase"]), by_world(tables["phase_worlds"])
    learned = tables["pairings_learned"]
    lowest = min(worlds.values(), key=lambda one: one.over[BEST][0])
    return {
        "worlds": len(worlds),
        "world_seeds": tables["phase_worlds"]["seed"].nunique(),
        "world_points": sum(len(one.right) for one in worlds.values()),
        "means": {column: _mean(worlds, column) for column in LOOKS},
        "least": min(one.rates[BEST][0] for one in worlds.values()),
        "largest": max(one.rates[BEST][0] for one in worlds.values()),
        "constant": float(np.mean([one.most for one in worlds.values()])),
        "above": {column: sum(above_zero(world.over[column]) for world in worlds.values()) for column in LOOKS},
        "above_4": sum(above_zero(_over_theorem_4(world)) for world in worlds.values()),
        "lowest": next(name for name, one in worlds.items() if one is lowest),
        "lowest_over": lowest.over[BEST],
        "seeds": tables["phase"]["seed"].nunique(),
        "decided": len(found.right),
        "multihop": found.rates[BEST],
        "plain": found.rates["bound"],
        "local": found.rates["local_bound"],
        "most": found.most,
        "captions": found.captions,
        "draws": learned["draw"].nunique(),
        "order": {column: order_on_emoji(learned, column) for column in LOOKS},
        "above_on_emoji": sum(above_zero(lead) for kind in EMOJI for lead in on_emoji(learned, kind).over.values()),
    }


def _over_theorem_4(world: Outcome) -> tuple[float, float]:
    """Lead of theorem 15 over theorem 4 in the share of points where each is right, and half its interval."""
    by_seed = world.right.groupby(world.points["seed"]).mean()
    return mean_and_half(by_seed[BEST] - by_seed["bound"])


def _mean(worlds: dict[str, Outcome], column: str) -> float:
    return float(np.mean([one.rates[column][0] for one in worlds.values()]))


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "in most worlds theorem 15 is right more often than a constant answer": facts["above"][BEST]
        > facts["worlds"] / 2,
        "not in all worlds": facts["above"][BEST] < facts["worlds"],
        "on emoji no bound is shown to be right more often than a constant answer": facts["above_on_emoji"] == 0,
        "both bounds are right more often than the name that wins more often": min(
            rate - half for rate, half in (facts["multihop"], facts["plain"])
        )
        > facts["most"],
        "captions win more often": facts["captions"] > 0.5,
        "on emoji theorem 15 orders pairings less well than theorem 4 and α_T": facts["order"][BEST][0]
        < min(facts["order"][column][0] for column in ("bound", "alpha")),
    }


def of(tables: Tables) -> Of:
    """The shares of each bound in each world."""
    found = facts(tables)
    return Of(
        f"{found['worlds']}, 1 and emoji",
        f"{found['world_seeds']}, {found['seeds']} and {found['draws']}",
        len(LOOKS) * (found["worlds"] + 4) + found["worlds"],  # shares in worlds, the map and emoji; orders; leads
    )


FINDING = Finding(
    "phase",
    "Does the smaller bound name the better encoder?",
    ("phase", "phase_worlds", "pairings_learned"),
    ("phase", "phase_worlds"),
    facts,
    claims,
    of,
    (
        "above",
        "above_4",
        "above_on_emoji",
        "constant",
        "largest",
        "least",
        "lowest",
        "lowest_over",
        "means",
        "world_points",
    ),
)
