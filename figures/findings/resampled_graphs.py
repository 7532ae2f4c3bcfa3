"""The bound as a forecast of resampling, on graphs."""

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.resampled_graphs import (
    EMOJI,
    FOUR,
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
POSITIVE, NEGATIVE = FOUR[:2], FOUR[2:]
COMBINED = tuple(RULES)[4]
SMALL, ALIKE = 0.05, 0.02  # a change of the error up to the one is little, changes that differ by the other are alike
NAMES = {
    "captions, by encoder": "an encoder that learned from other captions",
    "captions, exact": "the exact captions",
    "no text, by frozen features": "features that know no text",
    "oracle": "the labels",
    "random": "a random guide",
}


def facts(tables: Tables) -> Facts:
    """The quality of theorem 15 as a forecast on worlds and on emoji; on emoji the changes by every guide."""
    changed = {own.table: with_changes(tables[own.table]) for own in (WORLDS, EMOJI)}
    emoji = changed[EMOJI.table]
    ratios = pd.concat([_where_the_loss_changes(changed[own.table], own) for own in (WORLDS, EMOJI)])
    return {
        "worlds": _foretold(changed[WORLDS.table], WORLDS),
        "emoji": _foretold(emoji, EMOJI),
        "least": float(ratios.min()),
        "most": float(ratios.max()),
        "before": error_before(emoji),
        "rules": {rule: RULES[rule][0] for rule in RULES},
        "guides": {NAMES[guide]: median_changes(emoji, guide) for guide in EMOJI.guides},
        "on_worlds": median_changes(changed[WORLDS.table], next(iter(WORLDS.guides))),
    }


def _guided(table: pd.DataFrame, own: GraphSet) -> pd.DataFrame:
    """The rows of the guide that predictions are made for."""
    rows: pd.DataFrame = table[table["guide"] == next(iter(own.guides))]
    return rows


def _foretold(table: pd.DataFrame, own: GraphSet) -> Facts:
    guided = _guided(table, own)
    return {
        "graphs": graphs(table, own),
        "units": table[own.unit].nunique(),
        "order": order_agreement(guided, own, BOUND),
        "size": predicted_ranks(guided, own.unit, BOUND),
        "positive": predicted_ranks(guided[guided["rule"].isin(POSITIVE)], own.unit, BOUND),
    }


def _where_the_loss_changes(table: pd.DataFrame, own: GraphSet) -> "pd.Series[float]":
    """The factors by which the bound grows, for the rules that change the negatives."""
    guided = _guided(table, own)
    return guided[guided["rule"].isin((*NEGATIVE, COMBINED))][f"ratio of {BOUND}"]


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    worlds, emoji, (add, _) = facts["worlds"], facts["emoji"], POSITIVE
    encoder, exact, no_text, _, random = facts["guides"].values()
    return {
        "the order is foretold in part": all(one["order"][1] > 0 and one["order"][2] < 0.9 for one in (worlds, emoji)),
        "the size is hardly foretold": max(one["size"][0] for one in (worlds, emoji)) < 0.3,
        "the bound grows wherever the loss changes": facts["least"] > 1,
        "the error hardly grows there": max(
            changes[rule] for changes in (encoder, facts["on_worlds"]) for rule in (*NEGATIVE, COMBINED)
        )
        < SMALL,
        "on emoji more is told of the positive rules": emoji["positive"][1] > emoji["size"][2],
        "on worlds nothing is told of the positive rules": worlds["positive"][1] < 0 < worlds["positive"][2],
        "AddNewPositive lowers the error by every guide but noise": random[add] >= 0
        and max(changes[add] for changes in (encoder, exact, no_text)) < 0,
        "all four together lower it more with captions than with noise": encoder[COMBINED] < 2 * random[COMBINED],
        "the rules that drop negatives change little": max(abs(encoder[rule]) for rule in NEGATIVE) < SMALL,
        "noise does as much there": max(abs(encoder[rule] - random[rule]) for rule in NEGATIVE) < ALIKE,
    }


FINDING = Finding(
    "resampled_graphs",
    "Does the bound foretell what CLIP-guided resampling does, on graphs?",
    ("resampled_worlds", "resampled_views"),
    ("resampled_graphs",),
    facts,
    claims,
)
