"""Verdicts on caption pairs from measured differences, including "not shown"."""

from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from pairbounds.real_data.measures.protocol import OTHERS, SUBJECT, Convention
from pairbounds.real_data.pairings.pairing import EXACT, IMAGES, TEXTS, UNNAMED

AUGMENTATION, NO_TEXT, SHUFFLED = "augmentation", "no text", "shuffled"
NOUNS = {AUGMENTATION: "augmentation pairs", NO_TEXT: "pairs without text", SHUFFLED: "shuffled captions"}
KEYS = ["evaluator", *Convention._fields, "captions"]  # columns of the table of verdicts
MORE, LESS, OPEN = "more", "less", "not shown"
NAMED = 2  # maximum number of better pairings named in a verdict


def verdict(differences: pd.DataFrame, captions: str, control: str, named: Sequence[str] = ()) -> str:
    """Verdict in words on one caption pairing, against augmentation, the control without text, and shuffled captions.

    At a diversity a pairing is *more* consistent than a family if the interval of the difference is above 0 for each
    pairing of the family that has this diversity. It is *less* consistent if the interval is below 0 for one of them.
    Otherwise nothing is shown. An advantage of text is shown if captions are more consistent than all augmentation
    pairs, all pairs without text, and shuffled captions. Intervals are not corrected for multiple comparisons: a "less"
    is the worst of several.

    Parameters
    ----------
    differences : by one evaluator, with columns first, second, family (of the second), diversity, low, high: the
        interval of the first pairing's consistency minus the second's
    captions, control : the caption pairing, and the pairing with held-out images in place of texts
    named : label sets that the captions determine; then there is a verdict on labels only, not on text
    """
    ours, theirs = (differences[differences["first"] == name] for name in (captions, control))
    augmentation, no_text, shuffled = (_relations(ours, family) for family in NOUNS)
    conclusion = _conclusion([augmentation, no_text, shuffled])
    if named:
        conclusion = (
            f"No verdict on an advantage of text: captions name the {' and the '.join(named)} here, and pairs by "
            "captions are pairs by labels"
        )
    sentences = [
        f"{captions}: {_clause(augmentation, NOUNS[AUGMENTATION])}; {_clause(no_text, NOUNS[NO_TEXT])}",
        f"{control}: {_clause(_relations(theirs, AUGMENTATION), NOUNS[AUGMENTATION])}",
        conclusion,
    ]
    return ". ".join(sentence[0].upper() + sentence[1:] for sentence in sentences) + "."


def verdicts(differences: pd.DataFrame, named: Sequence[str]) -> pd.DataFrame:
    """Verdict on each caption pairing, for each evaluator and convention; parameters as in `verdict`."""
    rows = [(*key, verdict(rows, key[-1], IMAGES, named)) for key, rows in _comparisons(differences)]
    return pd.DataFrame(rows, columns=[*KEYS, "verdict"])


def verdict_lines(verdicts: pd.DataFrame) -> list[str]:
    """Lines of the verdicts that exclude pairs within a subject and match the diversity of the other pairs."""
    chosen = verdicts[(verdicts["exclusion"] == SUBJECT) & (verdicts["diversity_of"] == OTHERS)]
    lines = [f"By {row.evaluator}: {row.verdict}" for row in chosen.itertuples()]
    return [*lines, "The table pairings_verdict has the other conventions, too."]


def _comparisons(differences: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Values of `KEYS` and differences of each verdict."""
    for key, group in differences.groupby(KEYS[:-1], sort=False):
        for captions in (EXACT, UNNAMED, TEXTS):
            rows = group if captions == EXACT else group[group["matched_to"] != EXACT]
            if captions in set(rows["first"]):
                yield (*map(str, key), captions), rows


Relations = dict[float, tuple[str, tuple[str, ...]]]  # by diversity: `MORE`, `LESS` or `OPEN`, and the better pairings


def _relations(rows: pd.DataFrame, family: str) -> Relations:
    relations: Relations = {}
    for diversity, rivals in rows[rows["family"] == family].groupby("diversity"):
        better = tuple(rivals.loc[rivals["high"] < 0, "second"])
        answer = LESS if better else MORE if (rivals["low"] > 0).all() else OPEN
        relations[float(str(diversity))] = answer, better
    return relations


def _clause(relations: Relations, noun: str) -> str:
    if not relations:
        return f"no diversity in common with {noun}"
    phrases = {MORE: "more", LESS: "less", OPEN: "not shown to be more or less"}
    parts = []
    for answer, phrase in phrases.items():
        if diversities := [diversity for diversity, (word, _) in relations.items() if word == answer]:
            parts.append(f"{phrase} consistent {_where(diversities, relations)}")
    better = list(dict.fromkeys(name for _, names in relations.values() for name in names))
    if better:
        more = f", and {len(better) - NAMED} more" if len(better) > NAMED else ""
        parts[-1] += f" (less than {'; '.join(better[:NAMED])}{more})"
    return f"against {noun}, {', '.join(parts)}"


def _conclusion(against: Sequence[Relations]) -> str:
    everywhere = sorted(set().union(*against))
    more = [d for d in everywhere if all(d in relations and relations[d][0] == MORE for relations in against)]
    if not more:
        return "An advantage of text is not shown"
    return f"An advantage of text is shown {_where(more, everywhere)}" + ("" if more == everywhere else " only")


def _where(diversities: Sequence[float], everywhere: Collection[float]) -> str:
    listed = ", ".join(f"{diversity:.3g}" for diversity in diversities)
    return f"at {'every' if len(diversities) == len(everywhere) else ''} diversity ({listed})".replace("  ", " ")
