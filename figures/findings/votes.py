"""What a small InfoNCE loss says of the votes of a critic."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.votes import at_the_end, violations


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
    """What the sentences say."""
    return {
        "the bounds on votes hold at each check": facts["violated"] == 0,
        "the bound by node is the nearer one": facts["by_node"] < facts["phi"],
        "both say something": facts["phi"] < 1,
    }


FINDING = Finding(
    "votes",
    150,
    "What does a small InfoNCE loss say of the errors of a critic?",
    ("votes",),
    ("votes",),
    "At an excess loss of {{ '%.1e' | format(excess) }} the images that a critic takes for pairs of an image vote "
    "wrongly on {{ '%.4f' | format(error) }} of all images, and are proved to do so on at most "
    "{{ '%.3f' | format(by_node) }}.",
    """
These are medians over {{ seeds }} worlds. The image itself has no vote there; where it has one, the error is
{{ '%.4f' | format(with_itself) }}, and from the excess loss and the labelling error alone it is known to be at most
{{ '%.3f' | format(phi) }} (theorem 20).

A free embedding was trained by InfoNCE, and the bounds were checked on the way. They hold at each of
{{ checks | counted }} checks.
""",
    facts,
    claims,
    after_looking="nothing that is on record.",
    overturned="one check of theorem 20 that fails beyond round-off; or worlds in which the median error of the "
    "vote, at the same excess loss, is nearer to the bound by node than to 0.",
)
