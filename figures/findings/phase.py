"""The smaller bound and the better encoder."""

from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.phase import BEST, TRAINED, outcome


def facts(tables: Tables) -> Facts:
    """The shares of points where the bounds are right, and where theorem 15 is wrong, by whether seeds disagree."""
    found = outcome(tables["phase"])
    points, wins, wrong = found.points, found.wins[TRAINED], ~found.right[BEST]
    by_cell = wins.groupby([points["strength"], points["noise"]])
    agreed = by_cell.transform(lambda each: abs(each.mean()) == 1)[wrong.index]
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
        "wrong_at_frontier": float(wrong[~agreed].mean()),
        "wrong_elsewhere": float(wrong[agreed].mean()),
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
    }


def of(tables: Tables) -> Of:
    """The shares of each bound."""
    found = outcome(tables["phase"])
    return Of(1, found.points["seed"].nunique(), len(found.rates))


FINDING = Finding("phase", "Does the smaller bound name the better encoder?", ("phase",), ("phase",), facts, claims, of)
