"""The test that a ratio above 1 is more than floating point: nothing is called refuted before it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.registry import Bound
from pairbounds.theory.bounds.scoring import Score, rounding, score, score_of, subject
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

UNITS = 4 * float(np.finfo(np.float64).eps)  # some units in the last place
TRIALS = 8
REACH, POINTS = 1e-4, 12  # of the line on which a claim's own noise is estimated
SAFETY = 64


@dataclass(frozen=True)
class Confirmation:
    """The rest of a violation in higher precision.

    Attributes
    ----------
    holds_up : whether the claim is violated beyond round-off
    rests_on_ties : whether it is so only because ties count as errors
    score : both sides, and the ratio with the whole rounding margin counted against the violation
    note : how it was confirmed, or what failed
    """

    holds_up: bool
    rests_on_ties: bool
    score: Score
    note: str


def confirm(
    claim: Bound, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
) -> Confirmation:
    """A claim held once more against what is measured, in higher precision and with a wider margin.

    The measured side comes from a factorisation of the graph in fifty digits, for the quantities of
    `pairbounds.theory.bounds.precise`; others are measured in double precision on that factorisation. The claim, a
    function of double precision, gets those singular values. What rounding does to it, and to a quantity known in
    double precision only, is estimated by moving weights, features and triplets by a few units in the last place, and
    from how rough the claim is along a line; it is counted against the violation several times over.

    Where `σ_k = σ_{k+1}` the optimum is not unique; the violation is confirmed at the one found in fifty digits.
    """
    from pairbounds.theory.bounds.precise import PreciseSubject, measure  # loads mpmath

    precise = PreciseSubject(graph, k, features, penalty)
    encoder = subject(graph, precise.triplets(k + 1), k, features, penalty)
    known = measure(claim.quantity, precise)
    exact = known is not None
    try:
        plain = score_of(claim, encoder, None if known is None else known.value)
        spread = _spread(claim, graph, k, features, penalty, plain, exact=exact)
        roughness = _roughness(claim, graph, k, features, penalty, exact=exact)
        margin = rounding(claim, encoder, plain.value) + SAFETY * (spread + roughness)
    except HypothesisError as error:
        nothing = Score(math.nan, math.nan, 0.0)
        return Confirmation(holds_up=False, rests_on_ties=False, score=nothing, note=f"not confirmed: {error}")
    found = score_of(claim, encoder, plain.measured, margin)
    holds_up = found.ratio > 1
    if known is not None and holds_up:
        by_ties = not score_of(claim, encoder, known.without_ties, margin).ratio > 1
    else:
        by_ties = False
    return Confirmation(holds_up, by_ties, found, _note(claim, margin, holds_up, by_ties, exact=exact))


def _note(claim: Bound, margin: float, holds_up: bool, by_ties: bool, *, exact: bool) -> str:
    if not holds_up:
        return f"a larger ratio was not confirmed: within the rounding margin of {margin:.1e}"
    place = "in 50 digits" if exact else f"in double precision ({claim.quantity} is not known in higher)"
    ties = ", by ties, which count as errors" if by_ties else ""
    return f"confirmed {place}, beyond a margin of {margin:.1e}{ties}"


def _spread(
    claim: Bound,
    graph: PairGraph,
    k: int,
    features: Features | None,
    penalty: float | None,
    plain: Score,
    *,
    exact: bool,
) -> float:
    """The distance that both sides move, or with `exact` the value alone, when their inputs move by round-off."""
    rng = np.random.default_rng(0)
    distances = []
    for _ in range(TRIALS):
        moved, encoding = _moved(graph, features, lambda array: UNITS * rng.standard_normal(array.shape))
        triplets = _shaken(spectrum(moved, min(k + 1, *graph.joint.shape), device="cpu").leading(k + 1), rng)
        found = score_of(claim, subject(moved, triplets, k, encoding, penalty))
        distances.append(np.abs(_sides(found, exact=exact) - _sides(plain, exact=exact)).max())
    farthest = float(np.max(distances))
    return farthest if math.isfinite(farthest) else math.inf


def _roughness(
    claim: Bound, graph: PairGraph, k: int, features: Features | None, penalty: float | None, *, exact: bool
) -> float:
    """The noise on the same along a short line: what a cubic, which fits a smooth function, leaves.

    The points are at random, and far enough apart for their roundings to have nothing in common; none is the graph
    itself, where a 0-1 error may have a tie.
    """
    rng = np.random.default_rng(1)
    parts = [graph.joint.toarray(), *(features or ())]
    directions = {array.shape: rng.choice([-1.0, 1.0], size=array.shape) for array in parts}
    places = rng.uniform(0.1, 1.0, size=POINTS)
    sides = []
    for place in places:
        moved, encoding = _moved(graph, features, partial(_along, directions, REACH * place))
        sides.append(_sides(score(claim, moved, k, encoding, penalty), exact=exact))
    if not np.isfinite(sides).all():
        return math.inf
    powers = np.vander(places, 4)
    return float(np.abs(sides - powers @ np.linalg.lstsq(powers, np.array(sides))[0]).max())


def _along(directions: dict[tuple[int, ...], FloatArray], distance: float, array: FloatArray) -> FloatArray:
    return distance * directions[array.shape]


def _sides(found: Score, *, exact: bool) -> FloatArray:
    """Both sides, or with `exact` the value alone: the numbers that noise is measured on."""
    return np.array([found.value] if exact else [found.value, found.measured])


def _moved(
    graph: PairGraph, features: Features | None, noise: Callable[[FloatArray], FloatArray]
) -> tuple[PairGraph, Features | None]:
    """The graph and the features with relative noise."""
    joint = graph.joint.toarray()
    moved = PairGraph(joint * (1 + noise(joint)), graph.left_labels, graph.right_labels)
    if features is None:
        return moved, None
    f, g = (side * (1 + noise(side)) for side in features)
    return moved, (f, g)


def _shaken(triplets: Spectrum, rng: np.random.Generator) -> Spectrum:
    """The triplets with absolute noise: a factorisation rounds relative to the largest value, not to each."""
    values, left, right = (
        array + UNITS * rng.standard_normal(array.shape)
        for array in (triplets.singular_values, triplets.left, triplets.right)
    )
    return replace(triplets, singular_values=np.clip(values, 0.0, 1.0), left=left, right=right)
