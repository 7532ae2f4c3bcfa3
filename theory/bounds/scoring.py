"""The ratio of a claim, one number for every relation: the closer to 1, the closer it is to failing."""

import math
from dataclasses import dataclass, replace

import numpy as np

from pairbounds.infrastructure.foreign import ForeignCodeError
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder, Features
from pairbounds.theory.bounds.registry import Bound, Relation
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum


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


def score(
    claim: Bound, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
) -> Score:
    """A claim held against what is measured on one graph.

    `HypothesisError`: a hypothesis fails.

    Parameters
    ----------
    features : (n_left, k) and (n_right, k), for a claim about encoders or critics
        By default the optimum.
    penalty : μ, for a claim about a penalised loss
    """
    return score_of(claim, embedded(graph, k, features, penalty))


def embedded(graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None) -> Encoder:
    """`subject`, with the spectrum that claims of width k need."""
    triplets = spectrum(graph, min(k + 1, *graph.shape), device="cpu").leading(k + 1)
    return subject(graph, triplets, k, features, penalty)


def score_of(claim: Bound, encoder: Encoder, measured: float | None = None, round_off: float | None = None) -> Score:
    """`score` for an encoder; where they are known better, with the measured side and the round-off.

    A division by zero is infinite, whichever kind of float it was done in.
    """
    width = min(encoder.k, *encoder.graph.shape)  # a critic may be wider than any spectrum
    try:
        with np.errstate(all="ignore"):
            value = claim(encoder.graph, encoder.spectrum, width, encoder)
    except ZeroDivisionError:
        value = math.inf
    except ForeignCodeError as error:
        if not isinstance(error.__cause__, ZeroDivisionError):
            raise
        value = math.inf
    if measured is None:
        measured = QUANTITIES[claim.quantity].measure(encoder)
    if round_off is None:
        round_off = rounding(claim, encoder, value)
    return Score(measured, value, violation_ratio(claim.relation, measured, value, round_off))


def subject(
    graph: PairGraph, triplets: Spectrum, k: int, features: Features | None, penalty: float | None = None
) -> Encoder:
    """The subject of a claim: an encoder or a critic of width k if there are features, else an optimum."""
    if features is not None:
        return replace(Encoder.of(graph, triplets, k, features), penalty=penalty)
    if penalty is not None:
        return Encoder.penalised_optimum(graph, triplets, k, penalty)
    return Encoder.optimum(graph, triplets, k)


def rounding(claim: Bound, encoder: Encoder, value: float) -> float:
    """The allowance for floating point on the two sides."""
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
