"""The findings on emoji, asked again where people wrote the captions."""

from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.figures.findings.finding import SUBCATEGORY, Facts, Finding, Of, Tables
from pairbounds.figures.natural_captions import BY_ENCODER, CURVES, EXACT, EXCLUSION, TITLES, by_words, leads, shown
from pairbounds.figures.natural_tails import of_error

WORDED = {EXACT: "known exactly", BY_ENCODER: "estimated by a small encoder"}
SHOWN = ["images", "n_texts", "induced_labelling_error", "corrected", "positives_others", "alone"]  # of a graph


def facts(tables: Tables) -> Facts:
    """The graphs, the verdict on each set, the bounds at the largest width, and what dropping pairs does."""
    differences, learned = tables["natural_difference"], tables["natural_learned"]
    ahead = leads(differences)
    drawn = learned.groupby(["dataset", "draw"])["probe_error"].agg(_denominator)
    flat = differences[(differences["evaluator"] == SUBCATEGORY) & (differences["exclusion"] == EXCLUSION)]
    verdict = of_error(tables["natural_what_if"])
    bounds = by_words(tables["natural_bounds"])
    widest = bounds[bounds["k"] == bounds["k"].max()]
    return {
        "sets": {name: _graph(tables["natural_graphs"], name) for name in TITLES},
        "titles": TITLES,
        "draws": int(learned.groupby("dataset")["draw"].nunique().max()),
        "drawn": {"least": int(drawn.min()), "most": int(drawn.max()), "of_a_set": int(differences["images"].max())},
        "inestimable": {"rows": int((flat[["value", "low", "high"]] == 0).all(axis=1).sum()), "of": len(flat)},
        "shown": shown(ahead),
        "worded": WORDED,
        "least": _least_leads(ahead),
        "k": int(bounds["k"].max()),
        "bounds": {name: _bounds(widest[widest["dataset"] == name]) for name in TITLES},
        "beats": int(verdict["beats_random"].sum()),
        "cases": len(verdict),
    }


def _denominator(errors: pd.Series) -> int:
    """The number of images that errors are shares of."""
    shares = errors.dropna().to_numpy()
    return next(n for n in count(1) if np.allclose(n * shares, np.round(n * shares), atol=1e-6))


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
    exact, shuffled = rows[rows["pairing"] == EXACT], rows[rows["pairing"] != EXACT]
    values = exact.set_index("bound")["value"]
    return {name: float(values[name]) for name, *_ in CURVES} | {
        "measured": float(exact["measured"].iloc[0]),
        "guess": float(exact["guess"].iloc[0]),
        "control": float(shuffled.loc[shuffled["bound"] == exact["bound"].iloc[0], "measured"].mean()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    bounds = facts["bounds"].values()
    ahead = {key: beaten == of for key, (beaten, of) in facts["shown"].items()}
    low = {key: lead[1] for key, lead in facts["least"].items()}
    return {
        "exact captions are ahead of all on emoji and clip-arts": ahead["emoji", EXACT] and ahead["openclipart", EXACT],
        "they are barely ahead on emoji, and clearly on clip-arts": low["emoji", EXACT]
        < 0.01
        < low["openclipart", EXACT],
        "they are not on stamps": not facts["shown"]["tuxpaint", EXACT][0],
        "estimated captions are ahead of all nowhere": not any(
            beaten for (_, captions), (beaten, _) in facts["shown"].items() if captions == BY_ENCODER
        ),
        "no rule that drops pairs beats random choice in the error": facts["beats"] == 0,
        "no bound is below the error": all(one[name] >= one["measured"] for one in bounds for name, *_ in CURVES),
        "theorem 4 is worse than guessing on each set": all(one["probe-error"] > one["guess"] for one in bounds),
        "the error is larger where captions are shuffled": all(one["control"] > one["measured"] for one in bounds),
        "by subcategory nothing is estimable among other subjects": (
            facts["inestimable"]["rows"] == facts["inestimable"]["of"]
        ),
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
