"""Consistency and diversity of caption pairs on real images."""

from typing import NamedTuple

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.frontier import CONVENTIONS, EXCLUSION, conventions_shown
from pairbounds.figures.pairing_looks import strongest
from pairbounds.figures.paper_comparison import shown_learned, shown_matched
from pairbounds.figures.summaries import excludes_zero, mean_and_half

NAMES = {
    "exact": "captions, exact",
    "unnamed": "captions, exact, but for class names",
    "estimated": "captions, by encoder",
    "augmentation": "augmentation, by encoder",
    "no_text": "nearest neighbours",
}
GRADIENTS = "gradients"


class Value(NamedTuple):
    """A value and its interval."""

    value: float
    low: float
    high: float


def facts(tables: Tables) -> Facts:
    """Consistency at one diversity, the verdicts, and what a held-out probe sees."""
    learned, matched = shown_learned(tables["pairings_learned"]), shown_matched(tables)
    images = tables["pairings_frontier"].groupby("draw")["images"].first()
    names = {name: _full_strength(matched, pairing) for name, pairing in NAMES.items()}
    verdicts = tables["pairings_verdict"]
    return {
        "images": int(images.sum()),
        "draws": len(images),
        "diversity": float(learned["diversity"].max()),
        "others": _consistencies(matched[matched["diversity_of"] == "others"], names),
        "all": _consistencies(matched[matched["diversity_of"] == "all"], names),
        "shown": {
            convention: _shown(verdicts, str(learned["labels"].iloc[0]), convention) for convention in CONVENTIONS
        },
        "by_gradients": sum(
            shown.every + shown.some
            for (evaluator, _), shown in conventions_shown(verdicts).items()
            if evaluator == GRADIENTS
        ),
        "errors": {"others": _errors(learned[learned["diversity_of"] == "others"], names)},
    }


def _full_strength(matched: pd.DataFrame, beginning: str) -> str:
    """The pairing of that name; of an augmentation, the strongest."""
    known = strongest(matched["pairing"])
    fitting = [beginning] if beginning in known else [pairing for pairing in known if pairing.startswith(beginning)]
    if not fitting:
        raise KeyError(beginning)
    return fitting[0]


def _consistencies(rows: pd.DataFrame, names: dict[str, str]) -> dict[str, Value]:
    by_pairing = rows.set_index("pairing")[["value", "low", "high"]]
    return {name: Value(*by_pairing.loc[pairing]) for name, pairing in names.items() if pairing in by_pairing.index}


def _shown(verdicts: pd.DataFrame, evaluator: str, convention: str) -> dict[str, bool]:
    """Verdicts: an advantage of exact captions is shown at every diversity, of estimated ones at one at least."""
    rows = verdicts[(verdicts["exclusion"] == EXCLUSION) & (verdicts["evaluator"] == evaluator)]
    by_captions = conventions_shown(rows[rows["diversity_of"] == convention])
    exact, unnamed, estimated = (by_captions[evaluator, NAMES[name]] for name in ("exact", "unnamed", "estimated"))
    found = {"exact": bool(exact.every), "unnamed": bool(unnamed.every)}
    return found | {"estimated": bool(estimated.every + estimated.some)}


def _errors(learned: pd.DataFrame, names: dict[str, str]) -> dict[str, tuple[float, float]]:
    """The held-out error minus that with augmentations: mean over draws, and half its interval."""
    errors = learned.pivot_table(index="draw", columns="pairing", values="held_out_error")
    theirs = errors[names["augmentation"]]
    return {name: mean_and_half(errors[names[name]] - theirs) for name in ("exact", "estimated")}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    others, everything, shown = facts["others"], facts["all"], facts["shown"]
    return {
        "pairs by exact captions are more consistent, however diversity is counted": all(
            shown[convention]["exact"] for convention in CONVENTIONS
        ),
        "they are without those that name a class, too": all(
            shown[convention]["unnamed"] for convention in CONVENTIONS
        ),
        "at one diversity exact captions are clearly above the controls": others["exact"].low
        > max(others["augmentation"].high, others["no_text"].high),
        "with the image itself among its positives estimated captions have an advantage": shown["all"]["estimated"]
        and everything["estimated"].low > everything["augmentation"].high,
        "among other images no advantage of estimated captions is shown": not shown["others"]["estimated"],
        "judged by gradients no caption pairs have an advantage": facts["by_gradients"] == 0,
        "a held-out probe sees no advantage": not any(
            mean < 0 and excludes_zero(mean, half) for mean, half in facts["errors"]["others"].values()
        ),
    }


def of(tables: Tables) -> Of:
    """The verdicts of all draws."""
    return Of(1, tables["pairings_frontier"]["draw"].nunique(), len(tables["pairings_verdict"]))


FINDING = Finding(
    "caption_pairs",
    "Are caption pairs more consistent and more diverse, on real images?",
    ("pairings_frontier", "pairings_matched", "pairings_learned", "pairings_verdict"),
    ("frontier", "paper_comparison"),
    facts,
    claims,
    of,
)
