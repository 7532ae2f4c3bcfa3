"""Every applicable bound on one graph, held against what is measured."""

import math
from typing import Any

import pandas as pd

from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import BOUNDS, Bound
from theory.certificates import with_certificate
from theory.graph import PairGraph
from theory.hypotheses import HypothesisError
from theory.spectra import Spectrum, spectrum

NOT_APPLICABLE: dict[str, object] = {
    "measured": math.nan,
    "value": math.nan,
    "holds": None,
    "slack": math.nan,
    "tightness": math.nan,
    "vacuous": False,
}


def check_bounds(
    graph: PairGraph, k: int, features: Any = None, *, triplets: Spectrum | None = None, certified: bool = False
) -> pd.DataFrame:
    """A row for each registered bound: its value on this graph, what it bounds, and whether it holds.

    Parameters
    ----------
    k : int
        Width of the embedding, 1..min(n_left, n_right).
    features : (n_left, k) or a pair of (n_left, k) and (n_right, k), optional
        An encoder (numpy or torch, unweighted) for the claims about every encoder; by default the optimum.
        Claims about the optimum are measured at the optimum in any case.
    triplets : Spectrum, optional
        At least k + 1 triplets computed before; by default `spectrum(graph, k + 1)`.
    certified : bool
        Use an upper end of `σ_{k+1}` that is proved, or where that is too costly guaranteed with a stated probability
        (`theory.certificates`), and not only computed.

    Returns
    -------
    DataFrame with columns
        bound, quantity, relation ("<=", ">=", "=": measured to value), measured, value, holds (up to round-off;
        missing where not applicable), slack (by how much it holds), tightness (1: equality), vacuous (no better than
        guessing the largest class), status, note (why it is infinite or not applicable).

    Raises
    ------
    ValueError
        k out of range, features that do not fit, too few triplets.
    """
    smaller = min(graph.joint.shape)
    known = spectrum(graph, min(k + 1, smaller)) if triplets is None else triplets
    if not 1 <= k <= smaller:
        raise ValueError(f"k={k} is not in 1..{smaller}, the smaller side of the graph")
    if len(known.singular_values) < min(k + 1, smaller):
        raise ValueError(f"k={k} needs k + 1 triplets, {len(known.singular_values)} are given")
    known = known.leading(k + 1)
    if certified:
        known, _ = with_certificate(graph, known, k)
    optimum = Encoder.optimum(graph, known, k)
    encoder = optimum if features is None else Encoder.of(graph, known, k, features)
    subjects = {"optimum": optimum, "encoder": encoder}
    return pd.DataFrame([_row(claim, subjects[claim.subject], known, k) for claim in BOUNDS.values()]).astype(
        {"holds": "boolean"}
    )


def _row(claim: Bound, encoder: Encoder, spectrum: Spectrum, k: int) -> dict[str, object]:
    about: dict[str, object] = {"bound": claim.name, "quantity": claim.quantity, "relation": claim.relation}
    quantity = QUANTITIES[claim.quantity]
    try:
        value = claim(encoder.graph, spectrum, k, encoder)
        measured = quantity.measure(encoder)
    except HypothesisError as error:
        return about | NOT_APPLICABLE | {"status": claim.status, "note": f"not applicable: {error}"}
    slack = measured - value if claim.relation == ">=" else value - measured
    if claim.relation == "=":
        slack = -abs(slack)
    guess = math.inf if quantity.guess is None else quantity.guess(encoder.graph)
    vacuous = value >= guess if claim.relation == "<=" else False
    round_off = _round_off(spectrum, measured, value)
    return about | {
        "measured": measured,
        "value": value,
        "holds": slack >= -round_off,
        "slack": slack,
        "tightness": 1.0 if abs(slack) <= round_off else _tightness(claim, measured, value),
        "vacuous": vacuous,
        "status": claim.status,
        "note": _note(spectrum, k, value),
    }


def _round_off(spectrum: Spectrum, measured: float, value: float) -> float:
    """What floating point and unconverged triplets may cost; infinite values need no allowance."""
    scale = max(1.0, abs(measured), abs(value) if math.isfinite(value) else 0.0)
    return spectrum.rounding * scale


def _tightness(claim: Bound, measured: float, value: float) -> float:
    """The ratio that is 1 at equality, smaller where the bound is loose and above 1 where it is violated."""
    low, high = (value, measured) if claim.relation == ">=" else (measured, value)
    if high > 0:
        return max(low, 0.0) / high
    return high / low if low < 0 else math.inf


def _note(spectrum: Spectrum, k: int, value: float) -> str:
    if math.isnan(value):
        return "the bound's value is not a number"
    if math.isfinite(value):
        return ""
    if spectrum.upper_values[k] == 1:
        return f"infinite: σ_{{k+1}} = 1, the graph has more than k = {k} components"
    return "infinite"
