"""The exponents with which errors fall."""

import numpy as np
import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.rates import CURVES, exponent, fitted

BY_CONDUCTANCE = "image-error-rate"  # the bound α/ρ² of HaoChen et al.


def facts(tables: Tables) -> Facts:
    """The exponents of the sweeps, and that of the error in HaoChen et al.'s bound over random worlds."""
    table, points = tables["rates"], by_conductance(tables["bound_holds"])
    positive = points[points["y"] > 0]
    return {
        "seeds": table["seed"].nunique(),
        "fits": {curve.sweep: fitted(table, curve) for curve in CURVES if curve.start is not None},
        "conductance": exponent(positive),
        "worlds": positive["seed"].nunique(),
        "points": len(points),
        "zeros": len(points) - len(positive),
    }


def by_conductance(table: pd.DataFrame) -> pd.DataFrame:
    """The error of images y against α/ρ² as x, where that is positive and finite."""
    rows = table[(table["bound"] == BY_CONDUCTANCE) & np.isfinite(table["value"]) & (table["value"] > 0)]
    found: pd.DataFrame = rows.rename(columns={"value": "x", "measured": "y"})[["seed", "x", "y"]]
    return found


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    alpha, gap = (facts["fits"][sweep] for sweep in ("labelling error", "gap"))
    return {
        "the error grows a little faster than the labelling error": alpha.low > 1 and alpha.high < 1.5,
        "the error falls more slowly than the gap grows": gap.low > -1 and gap.high < 0,
    }


FINDING = Finding("rates", "How fast do errors fall?", ("rates", "bound_holds"), ("rates",), facts, claims)
