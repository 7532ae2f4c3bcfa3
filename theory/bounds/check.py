"""Every applicable bound on one graph, held against what is measured."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from theory.bounds.confirmation import confirm
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import BOUNDS, NEEDED, Bound, Subject
from theory.certificates import with_certificate
from theory.consistency import optimum_range
from theory.graph import PairGraph
from theory.infrastructure.hypotheses import HypothesisError, require_width
from theory.spectra import Spectrum, enough_triplets, spectrum

if TYPE_CHECKING:
    import pandas as pd

NULLABLE = ("holds", "vacuous")  # columns: `<NA>` where a claim is not applicable
JUDGED_DECADES = 24  # of weights: a violation within them is one, beyond them it is confirmed in higher precision
PRECISE_NODES = 48  # of both sides, that higher precision has time for
IN_DOUBT = "holds only if nodes that tie up to round-off, and count as errors, are right: float64 cannot tell"
TIED = "σ_k = σ_{k+1}: measured on one optimum among many"
A_RATE = "a rate: known up to constants, so it is fitted and never asserted"


def check_bounds(
    graph: PairGraph,
    k: int,
    features: Any = None,
    *,
    bounds: Iterable[str] | None = None,
    triplets: Spectrum | None = None,
    certified: bool = False,
    penalty: float | None = None,
    critic: Any = None,
    hops: int | None = None,
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
    penalty : float, optional
        μ in (0, 1): adds the claims about the spectral loss with the penalty `μ (E‖f‖² + E‖g‖²)`, of its minimiser of
        width k and of the features given.
    critic : a pair of (n_left, d) and (n_right, d), optional
        f and g of a critic `s(x, l) = f(x)ᵀ g(l)`, of any width and divided by its temperature: adds the claims about
        InfoNCE.
    hops : int, optional
        Steps of Lanczos, at least 1, for the claims by multi-hop consistency: more are sharper, and cost more. By
        default `theory.multihop.HOPS`.

    Returns
    -------
    DataFrame with columns
        bound, quantity, relation ("<=", ">=", "=": measured to value), measured, measured_least, measured_most (over
        all optima), measured_of ("optimum", or "encoder" for the features given), value, applicable, holds (up to
        round-off), slack (by how much it holds), tightness (1: equality), guess (what guessing the largest class
        reaches; infinite where nobody knows), vacuous (an upper bound no better than that), status, note (why it is
        infinite or not applicable, that it is measured on one optimum among many, or that it holds only if near ties,
        which are errors, are none).
        Where `σ_k = σ_{k+1} > 0` there are many optima, and what is measured is of the one that the solver gave. Of the
        squared error of the probe at the optimum the range over all of them is known (`theory.consistency.
        optimum_range`; twice `measured` without a tie); of other quantities it is not: NaN. It is NaN, too, where more
        values tie than can be computed.
        Where a claim is not applicable, holds and vacuous are `<NA>`, so that `table["holds"].all()` speaks of what was
        checked: where a hypothesis fails, and it has no value (NaN); or for a rate, which has both sides, to be fitted.
        Where weights span more than `JUDGED_DECADES` orders of magnitude, a violation in double precision is one only
        if it is confirmed in fifty digits; else the row is not applicable, "float64 cannot judge".

    Raises
    ------
    ValueError
        k or hops out of range, features that do not fit, too few triplets, a penalty out of range; a bound is asked for
        whose subject is not given.
    KeyError
        An unknown bound.
    """
    import pandas as pd

    from theory.bounds.table import CheckTable

    require_width(graph.joint.shape, k)
    found = spectrum(graph, min(k + 1, *graph.joint.shape)) if triplets is None else triplets
    known = enough_triplets(graph, found, k)
    if certified:
        known, _ = with_certificate(graph, known, k)
    subjects = subjects_of(graph, known, k, features, penalty=penalty, critic=critic)
    measured = _Measured(subjects, found)
    table = pd.DataFrame([_row(claim.in_hops(hops), known, k, measured) for claim in _claims(bounds, subjects)])
    return CheckTable(table.astype(dict.fromkeys(NULLABLE, "boolean")))


def subjects_of(
    graph: PairGraph,
    triplets: Spectrum,
    k: int,
    features: Any = None,
    *,
    penalty: float | None = None,
    critic: Any = None,
) -> dict[Subject, Encoder]:
    """What claims may be about, of what was given; `triplets` are k + 1. Arguments and errors as `check_bounds` has."""
    optimum = Encoder.optimum(graph, triplets, k)
    subjects: dict[Subject, Encoder] = {"optimum": optimum}
    subjects["encoder"] = optimum if features is None else Encoder.of(graph, triplets, k, features)
    if penalty is not None:
        best = Encoder.penalised_optimum(graph, triplets, k, penalty)
        subjects["penalised optimum"] = best
        subjects["penalised encoder"] = best if features is None else replace(subjects["encoder"], penalty=penalty)
    if critic is not None:
        subjects["critic"] = Encoder.critic(graph, triplets, critic)
    return subjects


def _claims(bounds: Iterable[str] | None, subjects: Iterable[Subject]) -> list[Bound]:
    """The bounds asked for, or all whose subject is given."""
    if bounds is None:
        return [claim for claim in BOUNDS.values() if claim.subject in subjects]
    claims = [BOUNDS[name] for name in bounds]
    for claim in claims:
        if claim.subject not in subjects:
            raise ValueError(f"bound {claim.name!r} is about a {claim.subject}: give {NEEDED[claim.subject]}=...")
    return claims


@dataclass(frozen=True)
class _Measured:
    """What is measured of the subjects that a claim may have: each quantity once.

    `triplets` are all that were given or computed; they show what ties at the width.
    """

    subjects: dict[Subject, Encoder]
    triplets: Spectrum
    known: dict[tuple[str, Encoder], float] = field(default_factory=dict)

    def of(self, claim: Bound) -> float:
        what = claim.quantity, self.subjects[claim.subject]
        if what not in self.known:
            self.known[what] = QUANTITIES[claim.quantity].measure(what[1])
        return self.known[what]

    def on_one_of_many(self, claim: Bound) -> bool:
        """Whether it is measured at an optimum that is not the only one."""
        subject = self.subjects[claim.subject]
        if subject.given or QUANTITIES[claim.quantity].of_graph:
            return False
        # With a penalty a tie matters only where the width, and not the penalty, ends the span.
        return self._many and (subject.penalty is None or self.triplets.upper_values[subject.k] > subject.penalty)

    def over_optima(self, claim: Bound) -> tuple[float, float]:
        """The least and the most over all optima; NaN where nobody knows."""
        if claim.quantity != "probe_mse" or self.subjects[claim.subject].given:
            return math.nan, math.nan
        return self._mse_range if self.on_one_of_many(claim) else (self.of(claim), self.of(claim))

    @cached_property
    def _many(self) -> bool:
        return self.triplets.tied(self.subjects["optimum"].k) is not None

    @cached_property
    def _mse_range(self) -> tuple[float, float]:
        optimum = self.subjects["optimum"]
        try:
            return optimum_range(optimum.graph, self.triplets, optimum.k)
        except (HypothesisError, RuntimeError):  # the end of the tie is out of reach, or the solver gave up on it
            return math.nan, math.nan


def _row(claim: Bound, spectrum: Spectrum, k: int, measured: _Measured) -> dict[str, object]:
    encoder, quantity = measured.subjects[claim.subject], QUANTITIES[claim.quantity]
    row: dict[str, object] = {
        "bound": claim.name,
        "quantity": claim.quantity,
        "relation": claim.relation,
        "measured": math.nan,
        "measured_least": math.nan,
        "measured_most": math.nan,
        "measured_of": "encoder" if encoder.given else "optimum",
        "value": math.nan,
        "applicable": False,
        "holds": None,
        "slack": math.nan,
        "tightness": math.nan,
        "guess": math.nan,
        "vacuous": None,
        "status": claim.status,
        "note": "",
    }
    try:
        value = claim(encoder.graph, spectrum, k, encoder)
        found = measured.of(claim)
    except HypothesisError as error:
        return row | {"note": f"not applicable: {error}"}
    least, most = measured.over_optima(claim)
    sides = {"measured": found, "measured_least": least, "measured_most": most, "value": value}
    tie = TIED if measured.on_one_of_many(claim) else ""
    if claim.status == "rate":
        return row | sides | {"note": _joined(A_RATE, tie)}
    slack = found - value if claim.relation == ">=" else value - found
    if claim.relation == "=":
        slack = -abs(slack)
    round_off, doubt = _round_off(claim, encoder, spectrum, value), quantity.doubt(encoder)
    if slack < -round_off - doubt and (reason := _not_to_be_judged(claim, encoder)):
        return row | {"note": f"not applicable: {reason}"}
    guess = quantity.guessed(encoder.graph) if claim.relation == "<=" else math.nan
    doubtful = -round_off - doubt <= slack < -round_off
    return (
        row
        | sides
        | {
            "applicable": True,
            "holds": slack >= -round_off - doubt,
            "slack": slack,
            "tightness": 1.0 if abs(slack) <= round_off + doubt else _tightness(claim, found, value),
            "guess": guess,
            "vacuous": value >= guess,
            "note": _joined(IN_DOUBT if doubtful else _note(claim, spectrum, k, value), tie),
        }
    )


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


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
    found = confirm(claim, encoder.graph, encoder.k, encoder.features, encoder.penalty)
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
