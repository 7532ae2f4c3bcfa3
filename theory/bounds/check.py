"""Every applicable bound on one graph, held against what is measured."""

import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from theory.bounds.confirmation import confirm
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import BOUNDS, Bound, enough_triplets
from theory.certificates import with_certificate
from theory.graph import PairGraph
from theory.infrastructure.hypotheses import HypothesisError, require_width
from theory.spectra import Spectrum, spectrum

if TYPE_CHECKING:
    import pandas as pd

Measure = Callable[[str, Encoder], float]

NULLABLE = ("holds", "vacuous")  # columns: `<NA>` where a claim is not applicable
JUDGED_DECADES = 24  # of weights: a violation within them is one, beyond them it is confirmed in higher precision
PRECISE_NODES = 48  # of both sides, that higher precision has time for
IN_DOUBT = "holds only if nodes that tie up to round-off, and count as errors, are right: float64 cannot tell"
A_RATE = "a rate: known up to constants, so it is fitted and never asserted"


def check_bounds(
    graph: PairGraph,
    k: int,
    features: Any = None,
    *,
    bounds: Iterable[str] | None = None,
    triplets: Spectrum | None = None,
    certified: bool = False,
) -> "pd.DataFrame":
    """A row for each registered bound: its value on this graph, what it bounds, and whether it holds.

    Parameters
    ----------
    k : int
        Width of the embedding, 1..min(n_left, n_right).
    features : (n_left, k) or a pair of (n_left, k) and (n_right, k), optional
        An encoder (numpy or torch, unweighted) for the claims about every encoder; by default the optimum.
        Claims about the optimum are measured at the optimum in any case.
    bounds : names in `BOUNDS`, optional
        Those to be held, a row for each; by default all.
    triplets : Spectrum, optional
        At least k + 1 triplets computed before; by default `spectrum(graph, k + 1)`.
    certified : bool
        Use an upper end of `σ_{k+1}` that is proved, or where that is too costly guaranteed with a stated probability
        (`theory.certificates`), and not only computed.

    Returns
    -------
    DataFrame with columns
        bound, quantity, relation ("<=", ">=", "=": measured to value), measured, value, applicable, holds (up to
        round-off), slack (by how much it holds), tightness (1: equality), vacuous (no better than guessing the largest
        class), status, note (why it is infinite or not applicable, or that it holds only if near ties, which are
        errors, are none).
        Where a claim is not applicable, holds and vacuous are `<NA>`, so that `table["holds"].all()` speaks of what was
        checked: where a hypothesis fails, and it has no value (NaN); or for a rate, which has both sides, to be fitted.
        Where weights span more than `JUDGED_DECADES` orders of magnitude, a violation in double precision is one only
        if it is confirmed in fifty digits; else the row is not applicable, "float64 cannot judge".

    Raises
    ------
    ValueError
        k out of range, features that do not fit, too few triplets.
    KeyError
        An unknown bound.
    """
    import pandas as pd

    require_width(graph.joint.shape, k)
    claims = [BOUNDS[name] for name in (BOUNDS if bounds is None else bounds)]
    known = spectrum(graph, min(k + 1, *graph.joint.shape)) if triplets is None else triplets
    known = enough_triplets(graph, known, k)
    if certified:
        known, _ = with_certificate(graph, known, k)
    optimum = Encoder.optimum(graph, known, k)
    encoder = optimum if features is None else Encoder.of(graph, known, k, features)
    subjects = {"optimum": optimum, "encoder": encoder}

    @cache
    def measure(quantity: str, subject: Encoder) -> float:
        return QUANTITIES[quantity].measure(subject)

    table = pd.DataFrame([_row(claim, subjects[claim.subject], known, k, measure) for claim in claims])
    return table.astype(dict.fromkeys(NULLABLE, "boolean"))


def _row(claim: Bound, encoder: Encoder, spectrum: Spectrum, k: int, measure: Measure) -> dict[str, object]:
    about: dict[str, object] = {"bound": claim.name, "quantity": claim.quantity, "relation": claim.relation}
    quantity = QUANTITIES[claim.quantity]
    try:
        value = claim(encoder.graph, spectrum, k, encoder)
        measured = measure(claim.quantity, encoder)
    except HypothesisError as error:
        return about | _not_applicable(claim, f"not applicable: {error}")
    if claim.status == "rate":
        return about | _not_applicable(claim, A_RATE, measured, value)
    slack = measured - value if claim.relation == ">=" else value - measured
    if claim.relation == "=":
        slack = -abs(slack)
    guess = math.inf if quantity.guess is None else quantity.guess(encoder.graph)
    vacuous = value >= guess if claim.relation == "<=" else False
    round_off, doubt = _round_off(claim, encoder, spectrum, value), quantity.doubt(encoder)
    if slack < -round_off - doubt and (reason := _not_to_be_judged(claim, encoder)):
        return about | _not_applicable(claim, f"not applicable: {reason}")
    return about | {
        "measured": measured,
        "value": value,
        "applicable": True,
        "holds": slack >= -round_off - doubt,
        "slack": slack,
        "tightness": 1.0 if abs(slack) <= round_off + doubt else _tightness(claim, measured, value),
        "vacuous": vacuous,
        "status": claim.status,
        "note": IN_DOUBT if -round_off - doubt <= slack < -round_off else _note(claim, spectrum, k, value),
    }


def _not_applicable(claim: Bound, note: str, measured: float = math.nan, value: float = math.nan) -> dict[str, object]:
    return {
        "measured": measured,
        "value": value,
        "applicable": False,
        "holds": None,
        "slack": math.nan,
        "tightness": math.nan,
        "vacuous": None,
        "status": claim.status,
        "note": note,
    }


def _round_off(claim: Bound, encoder: Encoder, spectrum: Spectrum, value: float) -> float:
    """What floating point may cost. Inequalities are rounded outward; unconverged triplets blur their identities."""
    of_triplets = claim.relation == "=" and claim.subject == "optimum"
    relative = spectrum.rounding if of_triplets else spectrum.round_off
    quantity = QUANTITIES[claim.quantity]
    scale = max(quantity.scale(encoder), abs(value) if math.isfinite(value) else 0.0)
    return relative * scale


def _not_to_be_judged(claim: Bound, encoder: Encoder) -> str:
    """Why a violation in double precision is no verdict; empty where it is one."""
    weights = encoder.graph.joint.data
    decades = math.log10(weights.max()) - math.log10(weights.min())
    if decades <= JUDGED_DECADES:
        return ""
    reason = f"float64 cannot judge weights that span {decades:.0f} orders of magnitude"
    if sum(encoder.graph.joint.shape) > PRECISE_NODES:
        return f"{reason}, and the graph is too large for higher precision"
    found = confirm(claim, encoder.graph, encoder.k, encoder.features)
    return "" if found.holds_up else f"{reason}, and {found.note}"


def _tightness(claim: Bound, measured: float, value: float) -> float:
    """The ratio that is 1 at equality, smaller where the bound is loose and above 1 where it is violated."""
    low, high = (value, measured) if claim.relation == ">=" else (measured, value)
    if high > 0:
        return max(low, 0.0) / high
    return high / low if low < 0 else math.inf


def _note(claim: Bound, spectrum: Spectrum, k: int, value: float) -> str:
    if math.isnan(value):
        return "the bound's value is not a number"
    if math.isinf(value) and spectrum.upper_values[k] == 1:
        return f"infinite: σ_{{k+1}} is 1 up to round-off, the graph has more than k = {k} components, or almost"
    if math.isinf(value):
        return "infinite"
    if claim.subject == "optimum" and k > spectrum.rank:
        return f"k = {k} exceeds the rank, {spectrum.rank}: the optimum's columns beyond it are 0"
    return ""
