"""Rows of the table of `check_bounds`: a claim against the measured quantity, up to round-off."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.bounds.confirmation import confirm
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder
from pairbounds.theory.bounds.registry import Bound, Subject
from pairbounds.theory.graph.pair_graph import SMALLEST
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.graph.through_features import GraphThroughFeatures
from pairbounds.theory.quantities.consistency import optimum_range
from pairbounds.theory.quantities.multihop_consistency import ORDER, default_order

COLUMNS = (
    *("bound", "quantity", "relation", "measured", "measured_least", "measured_most", "measured_of", "value"),
    *("applicable", "holds", "slack", "tightness", "guess", "vacuous", "status", "note"),
)
THROUGH = ("through_measured", "through_value", "through_holds")  # columns of a check through features
NULLABLE = ("holds", "vacuous")  # columns with `<NA>` for claims that are not applicable
JUDGED_DECADES = 24  # span of weights beyond which a violation needs a confirmation in higher precision
PRECISE_NODES = 48  # most nodes of both sides for higher precision
IN_DOUBT = "holds only if tied nodes, which count as errors, are right: float64 cannot tell"
TIED = "σ_k = σ_{k+1}: measured on one optimum among many"
A_RATE = "a rate: known up to constants, so it is fitted and never asserted"


@dataclass(frozen=True)
class Measured:
    """Cache of the measured quantities of each subject of the bounds.

    Attributes
    ----------
    subjects : encoder of each subject, such as the optimum
    triplets : all computed triplets, which show if `σ_k = σ_{k+1}`
    values : values by quantity and encoder
    """

    subjects: dict[Subject, Encoder]
    triplets: Spectrum
    values: dict[tuple[str, Encoder], float] = field(default_factory=dict)

    def of(self, claim: Bound) -> float:
        """Quantity of the claim, measured on its subject."""
        key = claim.quantity, self.subjects[claim.subject]
        if key not in self.values:
            self.values[key] = QUANTITIES[claim.quantity].measure(key[1])
        return self.values[key]

    def on_one_of_many(self, claim: Bound) -> bool:
        """True if the quantity is measured at one of many optima."""
        subject = self.subjects[claim.subject]
        if subject.is_given or QUANTITIES[claim.quantity].of_graph or self.triplets.tied(subject.k) is None:
            return False
        # With a penalty a tie matters only if the width, and not the penalty, ends the span.
        return subject.penalty is None or self.triplets.upper_values[subject.k] > subject.penalty

    def over_optima(self, claim: Bound) -> tuple[float, float]:
        """Minimum and maximum of the claim's quantity over all optima of the width; NaN if unknown."""
        if claim.quantity != "probe_mse" or self.subjects[claim.subject].is_given:
            return math.nan, math.nan
        return self._mse_range if self.on_one_of_many(claim) else (self.of(claim), self.of(claim))

    @cached_property
    def _mse_range(self) -> tuple[float, float]:
        """Minimum and maximum of the probe's squared error over all optima; NaN if they cannot be computed."""
        optimum = self.subjects["optimum"]
        try:
            return optimum_range(optimum.graph, self.triplets, optimum.k)
        except (HypothesisError, RuntimeError):  # too many singular values are tied, or the solver does not converge
            return math.nan, math.nan


def row(claim: Bound, spectrum: Spectrum, k: int, measured: Measured, order: int | None = None) -> dict[str, object]:
    """Columns of a claim at width k; missing columns are NaN or `<NA>`."""
    encoder = measured.subjects[claim.subject]
    unjudged: dict[str, object] = {
        "bound": claim.name,
        "quantity": claim.quantity,
        "relation": claim.relation,
        "status": claim.status,
        "measured_of": "encoder" if encoder.is_given else "optimum",
        "applicable": False,
    }
    try:
        value = claim(encoder.graph, spectrum, k, encoder, order=order)
        measured_value = measured.of(claim)
        least, largest = measured.over_optima(claim)
        sides = {"measured": measured_value, "measured_least": least, "measured_most": largest, "value": value}
        remarks = [TIED] if measured.on_one_of_many(claim) else []
        if claim.status == "rate":
            return unjudged | sides | {"note": "; ".join([A_RATE, *remarks])}
        if claim.takes_order and order is None and (fewer := default_order(encoder.graph)) < ORDER:
            remarks.append(f"order={fewer} instead of {ORDER}, since the graph has many pairs and classes")
        return unjudged | _judged(claim, encoder, spectrum, sides, remarks)
    except HypothesisError as error:  # of the claim, its quantity, or the scale of its round-off
        return unjudged | {"note": f"not applicable: {error}"}


def through_columns(
    linear_graph: GraphThroughFeatures, spectrum: Spectrum, k: int, order: int | None
) -> Callable[[Bound], dict[str, object]]:
    """Function for the columns `THROUGH` of a claim, about the best encoder of width k that is linear in features.

    It returns no columns if the claim does not hold through features, or if a hypothesis fails.
    """
    optimum = Encoder(linear_graph.graph, spectrum, k, linear_graph.optimum(k), None, is_given=True)

    def columns(claim: Bound) -> dict[str, object]:
        if not claim.through:
            return {}
        quantity = QUANTITIES[claim.quantity]
        try:
            value, measured_value = (
                claim(linear_graph, linear_graph.spectrum, k, order=order),
                quantity.measure(optimum),
            )
        except HypothesisError:
            return {}
        allowed = spectrum.round_off + linear_graph.rounding + quantity.doubt(optimum)
        holds = _slack(claim, measured_value, value) >= -allowed
        return dict(zip(THROUGH, (measured_value, value, holds), strict=True))

    return columns


def _judged(
    claim: Bound, encoder: Encoder, spectrum: Spectrum, sides: dict[str, float], remarks: list[str]
) -> dict[str, object]:
    """Columns with the verdict on a claim.

    It holds if its slack is at least `-round_off - doubt`: `round_off` allows for floating point, and `doubt` for near
    ties in the measured 0-1 error. If it holds only by `doubt`, the note is `IN_DOUBT`.
    """
    measured_value, value, quantity = sides["measured"], sides["value"], QUANTITIES[claim.quantity]
    slack = _slack(claim, measured_value, value)
    round_off, doubt = _round_off(claim, encoder, spectrum, value), quantity.doubt(encoder)
    if slack < -round_off - doubt and (reason := _not_to_be_judged(claim, encoder)):
        return {"note": f"not applicable: {reason}"}
    guess = quantity.guess(encoder.graph) if claim.relation == "<=" else math.nan
    doubtful = -round_off - doubt <= slack < -round_off
    note = IN_DOUBT if doubtful else _note(claim, spectrum, value)
    return sides | {
        "applicable": True,
        "holds": slack >= -round_off - doubt,
        "slack": slack,
        "tightness": 1.0 if abs(slack) <= round_off + doubt else _tightness(claim, measured_value, value),
        "guess": guess,
        "vacuous": value >= guess,
        "note": "; ".join([note, *remarks] if note else remarks),
    }


def _slack(claim: Bound, measured: float, value: float) -> float:
    """Margin by which a claim holds; at most 0 for an identity."""
    margin = measured - value if claim.relation == ">=" else value - measured
    return -abs(margin) if claim.relation == "=" else margin


def _round_off(claim: Bound, encoder: Encoder, spectrum: Spectrum, value: float) -> float:
    """Largest violation that floating point can cause, as an absolute number.

    An inequality allows for unconverged triplets in its value, so only `Spectrum.round_off` remains. An identity about
    the optimum does not, so it gets `Spectrum.rounding`. At least `SMALLEST`, because smaller products lose digits.
    """
    of_triplets = claim.relation == "=" and claim.subject == "optimum"
    relative = spectrum.rounding if of_triplets else spectrum.round_off
    quantity = QUANTITIES[claim.quantity]
    scale = max(quantity.scale(encoder), abs(value) if math.isfinite(value) else 0.0)
    return max(relative * scale, SMALLEST)


def _not_to_be_judged(claim: Bound, encoder: Encoder) -> str:
    """Reason why double precision cannot judge a violated claim; empty if the violation counts."""
    weights = encoder.graph.joint.data
    decades = math.log10(weights.max()) - math.log10(weights.min())
    if decades <= JUDGED_DECADES:
        return ""
    reason = f"float64 cannot judge weights that span {decades:.0f} orders of magnitude"
    if sum(encoder.graph.shape) > PRECISE_NODES:
        return f"{reason}, and the graph is too large for higher precision"
    confirmation = confirm(claim, encoder.graph, encoder.k, encoder.features, encoder.penalty)
    return "" if confirmation.holds_up else f"{reason}, and {confirmation.note}"


def _tightness(claim: Bound, measured: float, value: float) -> float:
    """Ratio that is 1 at equality, smaller for a loose bound, and above 1 for a violated one."""
    low, high = (value, measured) if claim.relation == ">=" else (measured, value)
    if high > 0:
        return max(low, 0.0) / high
    return high / low if low < 0 else math.inf


def _note(claim: Bound, spectrum: Spectrum, value: float) -> str:
    """Remark on a value that is not finite, or on a width beyond the rank; empty for others."""
    k = len(spectrum.singular_values) - 1
    if math.isnan(value):
        return "the bound's value is not a number"
    if math.isinf(value) and spectrum.upper_values[k] == 1:
        return f"infinite: σ_{{k+1}} is 1 up to round-off, the graph has more than k = {k} components, or almost"
    if math.isinf(value):
        return "infinite"
    if claim.subject == "optimum" and k > spectrum.rank:
        return f"k = {k} exceeds the rank, {spectrum.rank}: the optimum's columns beyond it are 0"
    return ""
