"""One row of the table of `check_bounds`: a claim held against what is measured, up to what floating point may cost."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.confirmation import confirm
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from pairbounds.theory.bounds.registry import Bound, Subject
from pairbounds.theory.graph.pair_graph import SMALLEST
from pairbounds.theory.quantities.consistency import optimum_range
from pairbounds.theory.quantities.multihop_consistency import HOPS, default_hops
from pairbounds.theory.quantities.through_features import GraphThroughFeatures
from pairbounds.theory.spectrum.triplets import Spectrum

COLUMNS = (
    *("bound", "quantity", "relation", "measured", "measured_least", "measured_most", "measured_of", "value"),
    *("applicable", "holds", "slack", "tightness", "guess", "vacuous", "status", "note"),
)
THROUGH = ("through_measured", "through_value", "through_holds")  # columns that a check through features adds
NULLABLE = ("holds", "vacuous")  # columns: `<NA>` where a claim is not applicable
JUDGED_DECADES = 24  # of weights: a violation within them is one, beyond them it is confirmed in higher precision
PRECISE_NODES = 48  # of both sides, that higher precision has time for
IN_DOUBT = "holds only if nodes that tie up to round-off, and count as errors, are right: float64 cannot tell"
TIED = "σ_k = σ_{k+1}: measured on one optimum among many"
A_RATE = "a rate: known up to constants, so it is fitted and never asserted"


@dataclass(frozen=True)
class Measured:
    """The measured quantities of the subjects that claims may have, each measured once.

    `triplets` are all that were given or computed; they show what ties at the width.
    """

    subjects: dict[Subject, Encoder]
    triplets: Spectrum
    known: dict[tuple[str, Encoder], float] = field(default_factory=dict)

    def of(self, claim: Bound) -> float:
        """The quantity that the claim bounds, of its subject."""
        what = claim.quantity, self.subjects[claim.subject]
        if what not in self.known:
            self.known[what] = QUANTITIES[claim.quantity].measure(what[1])
        return self.known[what]

    def on_one_of_many(self, claim: Bound) -> bool:
        """Return whether it is measured at one optimum among many."""
        subject = self.subjects[claim.subject]
        if subject.given or QUANTITIES[claim.quantity].of_graph or self.triplets.tied(subject.k) is None:
            return False
        # With a penalty a tie matters only where the width, and not the penalty, ends the span.
        return subject.penalty is None or self.triplets.upper_values[subject.k] > subject.penalty

    def over_optima(self, claim: Bound) -> tuple[float, float]:
        """The least and the most over all optima; NaN where nobody knows."""
        if claim.quantity != "probe_mse" or self.subjects[claim.subject].given:
            return math.nan, math.nan
        return self._mse_range if self.on_one_of_many(claim) else (self.of(claim), self.of(claim))

    @cached_property
    def _mse_range(self) -> tuple[float, float]:
        optimum = self.subjects["optimum"]
        try:
            return optimum_range(optimum.graph, self.triplets, optimum.k)
        except (HypothesisError, RuntimeError):  # the end of the tie is out of reach, or the solver gave up on it
            return math.nan, math.nan


def row(claim: Bound, spectrum: Spectrum, k: int, measured: Measured, hops: int | None = None) -> dict[str, object]:
    """The columns of one claim at width k that are known: those that are left out are NaN, or `<NA>`."""
    encoder = measured.subjects[claim.subject]
    unjudged: dict[str, object] = {
        "bound": claim.name,
        "quantity": claim.quantity,
        "relation": claim.relation,
        "status": claim.status,
        "measured_of": "encoder" if encoder.given else "optimum",
        "applicable": False,
    }
    try:
        value = claim(encoder.graph, spectrum, k, encoder, hops=hops)
        found = measured.of(claim)
        least, most = measured.over_optima(claim)
        sides = {"measured": found, "measured_least": least, "measured_most": most, "value": value}
        remarks = [TIED] if measured.on_one_of_many(claim) else []
        if claim.status == "rate":
            return unjudged | sides | {"note": "; ".join([A_RATE, *remarks])}
        if claim.takes_hops and hops is None and (taken := default_hops(encoder.graph)) < HOPS:
            remarks.append(f"by {taken} hops: there are many pairs and classes, and hops= asks for more")
        return unjudged | _judged(claim, encoder, spectrum, sides, remarks)
    except HypothesisError as error:  # of the claim, of what it bounds, or of what its round-off is relative to
        return unjudged | {"note": f"not applicable: {error}"}


def through_columns(
    seen: GraphThroughFeatures, spectrum: Spectrum, k: int, hops: int | None
) -> Callable[[Bound], dict[str, object]]:
    """The columns `THROUGH` of a claim that holds through features; none of another, or where a hypothesis fails.

    They are about the best encoder of width k that is linear in the features.
    """
    optimum = Encoder(seen.graph, spectrum, k, seen.optimum(k), None, given=True)

    def columns(claim: Bound) -> dict[str, object]:
        quantity = QUANTITIES[claim.quantity]
        try:
            value, found = claim(seen, seen.spectrum, k, hops=hops), quantity.measure(optimum)
        except HypothesisError:
            return {}
        slack = found - value if claim.relation == ">=" else value - found
        allowed = spectrum.round_off + seen.rounding + quantity.doubt(optimum)
        return dict(zip(THROUGH, (found, value, slack >= -allowed), strict=True))

    return lambda claim: columns(claim) if claim.through else {}


def _judged(
    claim: Bound, encoder: Encoder, spectrum: Spectrum, sides: dict[str, float], remarks: list[str]
) -> dict[str, object]:
    """The verdict on a claim with both sides known, up to round-off and near ties."""
    found, value, quantity = sides["measured"], sides["value"], QUANTITIES[claim.quantity]
    slack = found - value if claim.relation == ">=" else value - found
    if claim.relation == "=":
        slack = -abs(slack)
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
        "tightness": 1.0 if abs(slack) <= round_off + doubt else _tightness(claim, found, value),
        "guess": guess,
        "vacuous": value >= guess,
        "note": "; ".join([note, *remarks] if note else remarks),
    }


def _round_off(claim: Bound, encoder: Encoder, spectrum: Spectrum, value: float) -> float:
    """The allowance for floating point. Inequalities are rounded outward; unconverged triplets blur their identities.

    Products below `SMALLEST` have lost digits, and all if they are small enough: no less is ever a difference.
    """
    of_triplets = claim.relation == "=" and claim.subject == "optimum"
    relative = spectrum.rounding if of_triplets else spectrum.round_off
    quantity = QUANTITIES[claim.quantity]
    scale = max(quantity.scale(encoder), abs(value) if math.isfinite(value) else 0.0)
    return max(relative * scale, SMALLEST)


def _not_to_be_judged(claim: Bound, encoder: Encoder) -> str:
    """Reason that a violation in double precision is no verdict; empty where it is one."""
    weights = encoder.graph.joint.data
    decades = math.log10(weights.max()) - math.log10(weights.min())
    if decades <= JUDGED_DECADES:
        return ""
    reason = f"float64 cannot judge weights that span {decades:.0f} orders of magnitude"
    if sum(encoder.graph.shape) > PRECISE_NODES:
        return f"{reason}, and the graph is too large for higher precision"
    found = confirm(claim, encoder.graph, encoder.k, encoder.features, encoder.penalty)
    return "" if found.holds_up else f"{reason}, and {found.note}"


def _tightness(claim: Bound, measured: float, value: float) -> float:
    """The ratio that is 1 at equality, smaller where the bound is loose and above 1 where it is violated."""
    low, high = (value, measured) if claim.relation == ">=" else (measured, value)
    if high > 0:
        return max(low, 0.0) / high
    return high / low if low < 0 else math.inf


def _note(claim: Bound, spectrum: Spectrum, value: float) -> str:
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
