"""The findings on emoji, asked again where people wrote the captions."""

from typing import Any

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.natural_captions import BY_ENCODER, CURVES, EXACT, TITLES, by_words, leads, shown
from pairbounds.figures.natural_tails import of_error

WORDED = {EXACT: "known exactly", BY_ENCODER: "estimated by a small encoder"}
SHOWN = ["images", "n_texts", "induced_labelling_error", "corrected", "positives_others", "alone"]  # of a graph


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
        "shown": shown(ahead),
        "worded": WORDED,
        "least": _least_leads(ahead),
        "k": int(bounds["k"].max()),
        "bounds": {name: _bounds(widest[widest["dataset"] == name]) for name in TITLES},
        "beats": int(verdict["beats_random"].sum()),
        "cases": len(verdict),
    }


def _least_leads(ahead: pd.DataFrame) -> dict[Any, tuple[float, ...]]:
    """The lead whose interval reaches lowest, and its interval, by data set and captions."""
    lowest = ahead.sort_values("low").groupby(["dataset", "first"])[["value", "low", "high"]].first()
    return dict(zip(lowest.index, lowest.itertuples(index=False, name=None), strict=True))


def _graph(graphs: pd.DataFrame, name: str) -> dict[str, Any]:
    """The graphs of the captions and of their words, among other subjects, and their controls."""
    rows = graphs[(graphs["dataset"] == name) & (graphs["exclusion"] == "subject")]
    found: dict[str, Any] = {}
    for texts, own in rows.groupby("texts", sort=False):
        exact, controls = own[own["pairing"] == EXACT].iloc[0], own[own["pairing"] != EXACT]
        found[str(texts)] = exact[SHOWN].to_dict() | {"control": float(controls["corrected"].abs().max())}
    return found


def _bounds(rows: pd.DataFrame) -> dict[str, float]:
    values = rows.set_index("bound")["value"]
    return {name: float(values[name]) for name, *_ in CURVES} | {"measured": float(rows["measured"].iloc[0])}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    bounds = facts["bounds"].values()
    ahead = {key: beaten == of for key, (beaten, of) in facts["shown"].items()}
    return {
        "exact captions are ahead of all on emoji and clip-arts": ahead["emoji", EXACT] and ahead["openclipart", EXACT],
        "they are not on stamps": not facts["shown"]["tuxpaint", EXACT][0],
        "estimated captions are ahead of all nowhere": not any(
            beaten for (_, captions), (beaten, _) in facts["shown"].items() if captions == BY_ENCODER
        ),
        "no rule that drops pairs beats random choice in the error": facts["beats"] == 0,
        "no bound is below the error": all(one[name] >= one["measured"] for one in bounds for name, *_ in CURVES),
    }


def of(tables: Tables) -> Of:
    """The leads of each data set over each rival."""
    learned, ahead = tables["natural_learned"], leads(tables["natural_difference"])
    return Of(learned["dataset"].nunique(), learned["draw"].nunique(), len(ahead))


FINDING = Finding(
    "natural_captions",
    "Is it the same where people wrote the captions?",
    (
        "natural_graphs",
        "natural_bounds",
        "natural_difference",
        "natural_learned",
        "natural_what_if",
    ),
    ("natural_captions", "natural_tails"),
    facts,
    claims,
    of,
)
