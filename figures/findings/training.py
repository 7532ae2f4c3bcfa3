"""Whether gradient descent finds the optimum of the theory."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.near_optimal import violations
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
    """What the sentences say."""
    return {
        "training finds the optimum": facts["excess"] < CLOSE,
        "the bounds on imperfect encoders hold at each check": facts["violated"] == 0,
    }


FINDING = Finding(
    "training",
    140,
    "Does training find the optimum?",
    ("training", "near_optimal"),
    ("training", "near_optimal"),
    "Gradient descent on the population loss comes within {{ '%.1e' | format(excess) }} of the optimum.",
    """
It does so in {{ steps | counted }} steps, on all {{ seeds }} seeds, for caption pairs and for augmentation pairs.

The bounds on imperfect encoders (theorems 7 and 17) were checked on the way, while an embedding was trained on captions
({{ checked_seeds }} seeds). They hold at each of {{ checks | counted }} checks.
""",
    facts,
    claims,
    after_looking="nothing that is on record.",
    overturned="a seed on which the excess loss stays ten times as large after as many steps, or one check of "
    "theorem 7 or 17 that fails beyond round-off.",
)
