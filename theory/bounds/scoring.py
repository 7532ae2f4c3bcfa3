"""Ratio of a claim for every relation: near 1 it is close to failing, above 1 it fails."""

import math
from dataclasses import dataclass, replace

import numpy as np

from pairbounds.infrastructure.users_code import ForeignCodeError
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Features
from pairbounds.theory.bounds.registry import Bound, Relation
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.spectrum.triplets import spectrum_beyond


@dataclass(frozen=True)
class Score:
    """Both sides of a claim on a graph, and their ratio (`violation_ratio`)."""

    measured: float
    value: float
    ratio: float


def score(
    claim: Bound, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
) -> Score:
    """Evaluate a claim against the measured quantity on a graph.

    `HypothesisError`: a hypothesis fails.

    Parameters
    ----------
    features : (n_left, k) and (n_right, k), for a claim about encoders or critics
        By default the optimum.
    penalty : μ, for a claim about a penalised loss
    """
    return score_of(claim, embedded(graph, k, features, penalty))


def embedded(graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None) -> Encoder:
    """`subject` with the spectrum for claims of width k."""
    return subject(graph, spectrum_beyond(graph, k, device="cpu"), k, features, penalty)


def score_of(claim: Bound, encoder: Encoder, measured: float | None = None, round_off: float | None = None) -> Score:
    """`score` for an encoder, with the measured side and the round-off if given. A division by zero is infinite."""
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
    """Subject of a claim: an encoder or a critic of width k if features are given, else an optimum."""
    if features is not None:
        return replace(Encoder.of(graph, triplets, k, features), penalty=penalty)
    if penalty is not None:
        return Encoder.penalised_optimum(graph, triplets, k, penalty)
    return Encoder.optimum(graph, triplets, k)


def rounding(claim: Bound, encoder: Encoder, value: float) -> float:
    """Allowance for round-off of both sides."""
    quantity = QUANTITIES[claim.quantity]
    scale = max(1.0, quantity.scale(encoder), abs(value) if math.isfinite(value) else 0.0)
    return encoder.spectrum.rounding * scale + quantity.doubt(encoder)


def violation_ratio(relation: Relation, measured: float, value: float, round_off: float) -> float:
    """Ratio of the claimed smaller side to the larger, with round-off counted against a violation.

    It is `measured / value` for "<=", `value / measured` for ">=" and the larger of the two for "="; the inverse if
    both are negative. For a claim low <= high with round-off r it is `(low - r) / (high + r)`: above 1 if and only if
    the violation exceeds 2r, nearly 1 at equality, 0 if both sides are 0, and large but finite if only the bound is 0.
    Values that are not finite give 0.
    """
    if not (math.isfinite(measured) and math.isfinite(value)):
        return 0.0
    if relation == "=":
        return max(violation_ratio(side, measured, value, round_off) for side in ("<=", ">="))
    low, high = (measured, value) if relation == "<=" else (value, measured)
    if high < 0:
        low, high = -high, max(-low, 0.0)
    return max(low - round_off, 0.0) / (high + round_off)
