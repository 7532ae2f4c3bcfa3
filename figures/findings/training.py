"""Gradient descent and the optimum of the theory."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.steps import violations
from pairbounds.figures.training import at_the_end

CLOSE = 1e-6  # of a loss of order 10


def facts(tables: Tables) -> Facts:
    """The excess loss at the end, and the checks of the bounds on imperfect encoders on the way."""
    last, checks = at_the_end(tables["training"]), tables["near_optimal"]
    return {
        "seeds": last["seed"].nunique(),
        "steps": int(last["step"].max()),
        "excess": float(last["excess_loss"].max()),
        "checks": len(checks),
        "violated": violations(checks),
        "checked_seeds": checks["seed"].nunique(),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "training finds the optimum": facts["excess"] < CLOSE,
        "the bounds on imperfect encoders hold at each check": facts["violated"] == 0,
    }


FINDING = Finding(
    "training",
    "Does training find the optimum?",
    ("training", "near_optimal"),
    ("training", "near_optimal"),
    facts,
    claims,
)
