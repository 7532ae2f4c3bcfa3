"""Gradient descent and the optimum of the theory."""

from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.steps import violations
from pairbounds.figures.training import at_the_end

CLOSE = 1e-6  # of a loss of order 10


def facts(tables: Tables) -> Facts:
    """The excess loss at the end, and the checks of the bounds on imperfect encoders on the way."""
    table, checks = tables["training"], tables["near_optimal"]
    last, first = at_the_end(table), table[table["step"] == table["step"].min()]
    return {
        "seeds": last["seed"].nunique(),
        "steps": int(last["step"].max()),
        "start": float(first["excess_loss"].min()),
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


def of(tables: Tables) -> Of:
    """The ends of training by each seed and kind of pairs."""
    last = at_the_end(tables["training"])
    return Of(1, last["seed"].nunique(), len(last))


FINDING = Finding(
    "Does training find the optimum?",
    ("training", "near_optimal"),
    facts,
    claims,
    of,
    also=("near_optimal",),
)
