"""How close a claim comes to failing: one number for every relation, and what it costs to know it."""

import math
import time
from dataclasses import dataclass

import numpy as np

from theory.attack.candidate import Candidate, Features
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import Bound, Relation
from theory.graph import PairGraph
from theory.hypotheses import HypothesisError
from theory.spectra import Spectrum, spectrum

UNMET = -math.inf  # the ratio of a graph that a claim does not speak of


@dataclass(frozen=True)
class Score:
    """A claim on one graph.

    Attributes
    ----------
    measured, value : the two sides
    ratio : measured over value; see `violation_ratio`
    """

    measured: float
    value: float
    ratio: float


def score(claim: Bound, graph: PairGraph, k: int, features: Features | None = None) -> Score:
    """A claim held against what is measured on one graph.

    Parameters
    ----------
    features : (n_left, k) and (n_right, k), for a claim about encoders
        By default the optimum.

    Raises
    ------
    HypothesisError
        A hypothesis fails.
    """
    triplets = spectrum(graph, min(k + 1, *graph.joint.shape), device="cpu").leading(k + 1)
    return score_on(claim, graph, triplets, k, features)


def score_on(
    claim: Bound,
    graph: PairGraph,
    triplets: Spectrum,
    k: int,
    features: Features | None = None,
    measured: float | None = None,
    round_off: float | None = None,
) -> Score:
    """`score` with a spectrum, and where they are known better with the measured side and the round-off."""
    encoder = subject(graph, triplets, k, features)
    value = evaluated(claim, encoder)
    if measured is None:
        measured = QUANTITIES[claim.quantity].measure(encoder)
    if round_off is None:
        round_off = rounding(claim, encoder, value)
    return Score(measured, value, violation_ratio(claim.relation, measured, value, round_off))


def subject(graph: PairGraph, triplets: Spectrum, k: int, features: Features | None) -> Encoder:
    """The encoder that a claim is about."""
    if features is None:
        return Encoder.optimum(graph, triplets, k)
    return Encoder.of(graph, triplets, k, features)


def evaluated(claim: Bound, encoder: Encoder) -> float:
    """The value of a claim; a division by zero is infinite, whichever kind of float it was done in."""
    try:
        with np.errstate(all="ignore"):
            return claim(encoder.graph, encoder.spectrum, encoder.k, encoder)
    except ZeroDivisionError:
        return math.inf


def rounding(claim: Bound, encoder: Encoder, value: float) -> float:
    """What floating point may cost on the two sides."""
    quantity = QUANTITIES[claim.quantity]
    scale = max(1.0, quantity.scale(encoder), abs(value) if math.isfinite(value) else 0.0)
    return encoder.spectrum.rounding * scale + quantity.doubt(encoder)


def violation_ratio(relation: Relation, measured: float, value: float, round_off: float) -> float:
    """The ratio of the side that should be the smaller to the other, with round-off counted against a violation.

    It is `measured / value` for "<=", `value / measured` for ">=" and the larger of the two for "="; where both are
    negative, the inverse. With low <= high claimed and r the round-off it is `(low - r) / (high + r)`, so that it is
    above 1 exactly where the claim is violated by more than 2r, all but 1 at equality, 0 where both sides are 0, and
    large but finite where the claim is 0 and the measured is not. A value that is not finite says nothing: 0.
    """
    if not (math.isfinite(measured) and math.isfinite(value)):
        return 0.0
    if relation == "=":
        return max(violation_ratio(each, measured, value, round_off) for each in ("<=", ">="))
    low, high = (measured, value) if relation == "<=" else (value, measured)
    if high < 0:
        low, high = -high, max(-low, 0.0)
    return max(low - round_off, 0.0) / (high + round_off)


class Meter:
    """How much of a budget is spent: seconds of wall clock, or evaluations, whichever is nearer its end."""

    def __init__(self, budget: float, evaluations: int | None) -> None:
        self._budget, self._allowed = budget, evaluations
        self._start = time.monotonic()
        self.evaluations = 0

    @property
    def seconds(self) -> float:
        """Wall clock since the start."""
        return time.monotonic() - self._start

    @property
    def spent(self) -> float:
        """The part of the budget that is spent; above 1 once it is overdrawn."""
        counted = 0.0 if self._allowed is None else self.evaluations / self._allowed
        return max(self.seconds / self._budget, counted)


class Judge:
    """Ratios of candidates, counted on a meter; remembers why graphs were passed over.

    Attributes
    ----------
    met : number of candidates that met the hypotheses
    unmet : the hypothesis that failed last
    """

    def __init__(self, claim: Bound, meter: Meter) -> None:
        self.claim, self.meter = claim, meter
        self.met, self.unmet = 0, ""

    @property
    def with_features(self) -> bool:
        """Whether the claim is about encoders."""
        return self.claim.subject == "encoder"

    def __call__(self, candidate: Candidate) -> float:
        """The ratio, or `UNMET`."""
        self.meter.evaluations += 1
        try:
            ratio = score(self.claim, candidate.graph, candidate.k, candidate.features).ratio
        except HypothesisError as error:
            self.unmet = str(error)
            return UNMET
        self.met += 1
        return ratio
