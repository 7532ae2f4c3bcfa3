"""The bound as a forecast of resampling, on graphs."""

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.resampled_graphs import (
    CLAIMS,
    EMOJI,
    RULES,
    WORLDS,
    GraphSet,
    error_before,
    graphs,
    median_changes,
    order_agreement,
    predicted_ranks,
    with_changes,
)

BOUND = "multihop_bound"
LOSS_CHANGES = tuple(RULES)[2:]  # by the rules that drop negatives, alone or with the others
NAMES = {
    "captions, by encoder": "an encoder that learned from other captions",
    "captions, exact": "the exact captions",
    "no text, by frozen features": "features that know no text",
    "oracle": "the labels",
    "random": "a random guide",
}


def facts(tables: Tables) -> Facts:
    """The quality of theorem 15 as a forecast on worlds and on emoji; on emoji the changes by every guide."""
    guided = {own.table: _guided(tables[own.table], own) for own in (WORLDS, EMOJI)}
    both, emoji = pd.concat(guided.values()), with_changes(tables[EMOJI.table])
    ratios = both[both["rule"].isin(LOSS_CHANGES)][f"ratio of {BOUND}"]
    return {
        "worlds": _foretold(guided[WORLDS.table], WORLDS),
        "emoji": _foretold(guided[EMOJI.table], EMOJI),
        "least": float(ratios.min()),
        "most": float(ratios.max()),
        "before": error_before(emoji),
        "rules": {rule: RULES[rule][0] for rule in RULES},
        "guides": {NAMES[guide]: median_changes(emoji, guide) for guide in EMOJI.guides},
    }


def _guided(table: pd.DataFrame, own: GraphSet) -> pd.DataFrame:
    """The changes by the guide that predictions are made for."""
    changed = with_changes(table)
    return changed[changed["guide"] == next(iter(own.guides))]


def _foretold(guided: pd.DataFrame, own: GraphSet) -> Facts:
    return {
        "graphs": graphs(guided, own),
        "units": guided[own.unit].nunique(),
        "order": order_agreement(guided, own, BOUND),
        "plain": order_agreement(guided, own, "bound"),
        "size": predicted_ranks(guided, own.unit, BOUND),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    both = (facts["worlds"], facts["emoji"])
    return {
        "the order is foretold in part": all(one["order"][1] > 0 and one["order"][2] < 0.9 for one in both),
        "the size is hardly foretold": max(one["size"][0] for one in both) < 0.3,
        "the bound grows wherever the loss changes": facts["least"] > 1,
    }


def of(tables: Tables) -> Of:
    """The order and the size by each bound, of worlds and of emoji."""
    worlds, emoji = (tables[own.table][own.unit].nunique() for own in (WORLDS, EMOJI))
    return Of(f"{worlds} and 1", f"1 and {emoji}", 2 * 2 * len(CLAIMS))


FINDING = Finding(
    "resampled_graphs",
    "Does the bound foretell what CLIP-guided resampling does, on graphs?",
    ("resampled_worlds", "resampled_views"),
    ("resampled_graphs",),
    facts,
    claims,
    of,
)
