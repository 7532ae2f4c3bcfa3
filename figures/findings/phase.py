"""The smaller bound and the better encoder."""

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.phase import BEST, TRAINED, Outcome, outcome

WEAK, NOISY = 1.0, 0.2  # an augmentation below the one is weak, captions above the other are noisy


def facts(tables: Tables) -> Facts:
    """The shares of points where the bounds are right, and the places where they are not."""
    found = outcome(tables["phase"])
    points = found.points
    return {
        "noises": points["noise"].nunique(),
        "strengths": points["strength"].nunique(),
        "seeds": points["seed"].nunique(),
        "points": len(points),
        "decided": len(found.right),
        "multihop": found.rates[BEST],
        "plain": found.rates["bound"],
        "most": found.most,
        "captions": found.captions,
        "weak": WEAK,
        "noisy": NOISY,
    } | _mistakes(found)


def _mistakes(found: Outcome) -> Facts:
    """The shares of points where theorem 15 is wrong, at the frontier, where seeds disagree, and away from it."""
    points, wins = found.points, found.wins[TRAINED]
    agreed = wins.groupby([points["strength"], points["noise"]]).transform(lambda each: abs(each.mean()) == 1)
    wrong: pd.Series = ~found.right[BEST]
    agreed, decided = agreed[wrong.index], points.loc[wrong.index]
    far = wrong & agreed
    return {
        "wrong_at_frontier": float(wrong[~agreed].mean()),
        "wrong_elsewhere": float(wrong[agreed].mean()),
        "far": int(far.sum()),
        "far_weak_noisy": int((far & (decided["strength"] < WEAK) & (decided["noise"] > NOISY)).sum()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "both bounds are right more often than the name that wins more often": min(
            rate - half for rate, half in (facts["multihop"], facts["plain"])
        )
        > facts["most"],
        "captions win more often": facts["captions"] > 0.5,
        "theorem 15 is wrong more often near the frontier": facts["wrong_at_frontier"] > facts["wrong_elsewhere"],
        "most of its other mistakes are at weak augmentation and noisy captions": facts["far_weak_noisy"]
        > facts["far"] / 2,
    }


FINDING = Finding("phase", "Does the smaller bound name the better encoder?", ("phase",), ("phase",), facts, claims)
