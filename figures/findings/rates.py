"""The exponents with which errors fall."""

from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.rates import CURVES, fitted, halves


def facts(tables: Tables) -> Facts:
    """The exponents of the sweeps."""
    table = tables["rates"]
    fits = [curve for curve in CURVES if curve.start is not None]
    return {
        "seeds": table["seed"].nunique(),
        "fits": {curve.sweep: fitted(table, curve) for curve in fits},
        "halves": {curve.sweep: halves(table, curve) for curve in fits if curve.start == 0},
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    alpha, gap = (facts["fits"][sweep] for sweep in ("labelling error", "gap"))
    parted = facts["halves"]
    return {
        "the error grows a little faster than the labelling error": alpha.low > 1 and alpha.high < 1.5,
        "the error falls more slowly than the gap grows": gap.low > -1 and gap.high < 0,
        "the upper half is steeper in both: neither is a power law": all(
            abs(upper.value) > abs(lower.value) and not (lower.low <= upper.high and upper.low <= lower.high)
            for lower, upper in parted.values()
        ),
    }


def of(tables: Tables) -> Of:
    """The exponents that were fitted."""
    table = tables["rates"]
    return Of(1, table["seed"].nunique(), sum(curve.start is not None for curve in CURVES))


FINDING = Finding("How fast do errors fall?", ("rates",), facts, claims, of)
