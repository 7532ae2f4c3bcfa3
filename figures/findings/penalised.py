"""What a penalty in place of a width gives."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.near_optimal import violations
from pairbounds.figures.penalised import at_the_end

CLOSE = 1.1  # times what is measured


def facts(tables: Tables) -> Facts:
    """What is measured and said at the end, and the checks on the way."""
    table = tables["penalised"]
    last = at_the_end(table)
    values, measured = last["value"], last["measured"]
    return {
        "seeds": table["seed"].nunique(),
        "steps": int(table["step"].max()),
        "checks": len(table),
        "violated": violations(table),
        "measured": float(measured["penalised-encoder-mse"]),
        "energy": float(values["penalised-encoder-mse"]),
        "duality": float(values["penalised-encoder-mse-by-duality"]),
        "error": float(values["penalised-encoder-error"]),
        "gap": float(values["sharp-near-optimal-error"]),
        "plain": float(values["penalised-error"]),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    return {
        "no check is violated": facts["violated"] == 0,
        "the bound on a trained encoder comes close": facts["energy"] < CLOSE * facts["measured"],
        "so does the one without a singular value": facts["duality"] < CLOSE * facts["measured"],
        "the bound by the gap of the spectrum says nothing": facts["gap"] >= 1,
    }


FINDING = Finding(
    "penalised",
    145,
    "What does a penalty in place of a width give?",
    ("penalised",),
    ("penalised",),
    "The place where the spectrum is cut is then a hyperparameter, and the bounds on a trained encoder come within 10% "
    "of its squared error.",
    """
An embedding of more than enough width was trained on captions, with a penalty on its size, for {{ steps | counted }}
steps on {{ seeds }} seeds. All {{ checks | counted }} checks on the way hold. At the end the squared error is
{{ measured | fixed(4) }} (all numbers are medians). Theorem 18 says at most {{ energy | fixed(4) }} by label energy,
and {{ duality | fixed(4) }} by walks and the duality gap, which takes no singular value of the graph. Of the 0-1 error
it says at most {{ error | fixed(3) }}; of the optimum's, by one hop alone, {{ plain | fixed(3) }}. Theorem 7 is about
the loss without the penalty, and needs a gap in the spectrum at the width: it says {{ gap | fixed(1) }}, that is
nothing.
""",
    facts,
    claims,
    after_looking="nothing that is on record.",
    overturned="worlds or seeds on which the median bound of the squared error of a trained encoder exceeds that "
    "error by more than 10%.",
)
