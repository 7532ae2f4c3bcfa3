"""Whether what was found on emoji is found where people wrote the captions."""

from typing import Any

import pandas as pd

from figures.findings.finding import Facts, Finding, Tables
from figures.natural_captions import BY_ENCODER, CURVES, EXACT, TITLES, by_words, leads, shown
from figures.natural_tails import of_error, once

WORDED = {EXACT: "known exactly", BY_ENCODER: "estimated by a small encoder"}
PLAIN, MULTIHOP, LOCAL, TRAINED = (bound for bound, *_ in CURVES)


def facts(tables: Tables) -> Facts:
    """The graphs, the verdict on each set, the bounds at the largest width, and what dropping pairs does."""
    ahead = leads(tables["natural_difference"])
    learned = tables["natural_learned"]
    verdict = of_error(tables["natural_what_if"])
    bounds = by_words(tables["natural_bounds"])
    widest = bounds[(bounds["pairing"] == EXACT) & (bounds["k"] == bounds["k"].max())]
    return {
        "sets": {name: _graph(tables["natural_graphs"], name) for name in TITLES},
        "titles": TITLES,
        "draws": int(learned.groupby("dataset")["draw"].nunique().max()),
        "shown": {(name, captions): tuple(row) for (name, captions), row in shown(ahead).iterrows()},  # type: ignore[misc]
        "worded": WORDED,
        "least": {
            key: tuple(own.loc[own["low"].idxmin(), ["value", "low", "high"]])
            for key, own in ahead.groupby(["dataset", "first"])
        },
        "k": int(bounds["k"].max()),
        "bounds": {name: _bounds(widest[widest["dataset"] == name]) for name in TITLES},
        "once": once(tables["natural_tags"].query("texts == 'captions'")),
        "beats": int(verdict["beats_random"].sum()),
        "cases": len(verdict),
        "nothing": float(verdict["nothing"].mean()),
        "detectable": float(verdict["detectable"].max()),
    }


def _graph(graphs: pd.DataFrame, name: str) -> dict[str, Any]:
    """Of the captions, and of their words: what is among other subjects, and the control."""
    rows = graphs[(graphs["dataset"] == name) & (graphs["exclusion"] == "subject")]
    found: dict[str, Any] = {}
    for texts, own in rows.groupby("texts", sort=False):
        exact, controls = own[own["pairing"] == EXACT].iloc[0], own[own["pairing"] != EXACT]
        found[str(texts)] = exact.to_dict() | {
            "control": float(controls["corrected"].abs().max()),
            "control_alpha": float(controls["induced_labelling_error"].mean()),
        }
    return found


def _bounds(rows: pd.DataFrame) -> dict[str, float]:
    values = {str(bound): float(value) for bound, value in zip(rows["bound"], rows["value"], strict=True)}
    return values | {"measured": float(rows["measured"].iloc[0]), "guess": float(rows["guess"].iloc[0])}


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    bounds = facts["bounds"].values()
    return {
        "exact captions are more consistent than shuffled ones on every set": all(
            graph["corrected"] > 3 * graph["control"] for each in facts["sets"].values() for graph in each.values()
        ),
        "no bound is below the error": all(
            one[name] >= one["measured"] for one in bounds for name in (PLAIN, MULTIHOP, LOCAL, TRAINED)
        ),
    }
