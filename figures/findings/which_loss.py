"""Effects of the loss that the bound does not show."""

from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings
from pairbounds.figures.which_loss import checks_by_loss, quoted_noise


def facts(tables: Tables) -> Facts:
    """The median errors of the losses at one noise, and how often the bound on the spectral optimum held."""
    table = tables["which_loss"]
    by_loss = checks_by_loss(table)
    return {
        "seeds": table["seed"].nunique(),
        "wide": with_settings(table, " of width {k}"),
        "optimizer": with_settings(table, "{optimizer}"),
        "noise": quoted_noise(table),
        "errors": {loss: one.error for loss, one in by_loss.items()},
        "points": sum(one.points for one in by_loss.values()),
        "vacuous": int((table["bound"] >= table["guess_error"]).sum()),
        "above": sum(one.above for one in by_loss.values()),
        "losses": len(by_loss),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    errors = facts["errors"]
    return {
        "InfoNCE and CLIP have more than twice the error of the others": min(errors["infonce"], errors["clip"])
        > 2 * max(errors["spectral"], errors["nt_xent"]),
        "the bound on the spectral optimum held for all losses": facts["above"] == 0,
    }


def of(tables: Tables) -> Of:
    """The checks of each loss, noise and seed."""
    table = tables["which_loss"]
    return Of(1, table["seed"].nunique(), len(table))


FINDING = Finding("Does the bound hold for other losses?", ("which_loss",), facts, claims, of)
