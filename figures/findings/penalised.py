"""A penalty in place of a width."""

from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.steps import at_the_end, violations

CLOSE = 1.1  # times what is measured


def facts(tables: Tables) -> Facts:
    """Errors and bounds at the end, and the checks on the way."""
    table = tables["penalised"]
    last = at_the_end(table)
    return {
        "seeds": table["seed"].nunique(),
        "steps": int(table["step"].max()),
        "checks": len(table),
        "violated": violations(table),
        "measured": last["penalised-encoder-mse"]["measured"],
        "energy": last["penalised-encoder-mse"]["value"],
        "duality": last["penalised-encoder-mse-by-duality"]["value"],
        "error": last["penalised-encoder-error"]["value"],
        "gap": last["sharp-near-optimal-error"]["value"],
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "no check is violated": facts["violated"] == 0,
        "the bound on a trained encoder comes close": facts["energy"] < CLOSE * facts["measured"],
        "so does the one without a singular value": facts["duality"] < CLOSE * facts["measured"],
        "the bound by the gap of the spectrum says nothing": facts["gap"] >= 1,
    }


def of(tables: Tables) -> Of:
    """The medians of each bound at the end."""
    table = tables["penalised"]
    return Of(1, table["seed"].nunique(), table["bound"].nunique())


FINDING = Finding("What does a penalty in place of a width give?", ("penalised",), facts, claims, of)
