"""A small InfoNCE loss and the votes of a critic."""

from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.steps import at_the_end, violations


def facts(tables: Tables) -> Facts:
    """The checks along training, and both sides of the bounds by node and by Φ at its end."""
    table = tables["votes"]
    last = at_the_end(table)
    return {
        "checks": len(table),
        "violated": violations(table),
        "seeds": table["seed"].nunique(),
        "excess": last["vote"]["excess_loss"],
        "error": last["vote-of-others"]["measured"],
        "by_node": last["vote-of-others"]["value"],
        "with_itself": last["vote"]["measured"],
        "phi": last["vote"]["value"],
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    return {
        "the bounds on votes hold at each check": facts["violated"] == 0,
        "the bound by node is the nearer one": facts["by_node"] < facts["phi"],
    }


def of(tables: Tables) -> Of:
    """The medians of each bound at the end."""
    table = tables["votes"]
    return Of(1, table["seed"].nunique(), table["bound"].nunique())


FINDING = Finding("What does a small InfoNCE loss say of the errors of a critic?", ("votes",), facts, claims, of)
