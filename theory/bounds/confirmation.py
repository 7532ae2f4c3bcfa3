"""The test that a ratio above 1 is more than floating point: nothing is called refuted before it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.registry import Bound
from pairbounds.theory.bounds.scoring import Score, embedded, rounding, score_of, subject
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import Spectrum

UNITS = 4 * EPS  # some units in the last place
TRIALS = 8
REACH, POINTS = 1e-4, 12  # of the line on which a claim's own noise is estimated
SAFETY = 64
Sides = Callable[..., FloatArray]  # of a graph and features: the numbers that noise is measured on


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

    def sides(moved: PairGraph, encoding: Features | None, rng: np.random.Generator | None = None) -> FloatArray:
        """Both sides, or the value alone where the other is exact; with `rng` of shaken triplets."""
        near = embedded(moved, k, encoding, penalty)
        if rng is not None:
            near = subject(moved, _shaken(near.spectrum, rng), k, encoding, penalty)
        return inexact(score_of(claim, near))

    def inexact(score: Score) -> FloatArray:
        return np.array([score.value, score.measured] if known is None else [score.value])

    try:
        plain = score_of(claim, encoder, None if known is None else known.value)
        noise = _spread(sides, inexact(plain), graph, features) + _roughness(sides, graph, features)
        margin = rounding(claim, encoder, plain.value) + SAFETY * noise
    except HypothesisError as error:
        nothing = Score(math.nan, math.nan, 0.0)
        return Confirmation(holds_up=False, rests_on_ties=False, score=nothing, note=f"not confirmed: {error}")
    found = score_of(claim, encoder, plain.measured, margin)
    holds_up = found.ratio > 1
    by_ties = holds_up and known is not None and not score_of(claim, encoder, known.without_ties, margin).ratio > 1
    note = f"a larger ratio was not confirmed: within the rounding margin of {margin:.1e}"
    if holds_up:
        place = f"in double precision ({claim.quantity} is not known in higher)" if known is None else "in 50 digits"
        ties = ", by ties, which count as errors" if by_ties else ""
        note = f"confirmed {place}, beyond a margin of {margin:.1e}{ties}"
    return Confirmation(holds_up, by_ties, found, note)


def _spread(sides: Sides, plain: FloatArray, graph: PairGraph, features: Features | None) -> float:
    """The distance that the sides move when their inputs move by round-off."""
    rng, distances = np.random.default_rng(0), []
    for _ in range(TRIALS):
        noise = [UNITS * rng.standard_normal(part.shape) for part in _parts(graph, features)]
        distances.append(np.abs(sides(*_moved(graph, features, noise), rng) - plain).max())
    farthest = float(np.max(distances))
    return farthest if math.isfinite(farthest) else math.inf


def _roughness(sides: Sides, graph: PairGraph, features: Features | None) -> float:
    """The noise on them along a short line: what a cubic, which fits a smooth function, leaves.

    The points are at random, and far enough apart for their roundings to have nothing in common; none is the graph
    itself, where a 0-1 error may have a tie.
    """
    rng = np.random.default_rng(1)
    directions = [rng.choice([-REACH, REACH], size=part.shape) for part in _parts(graph, features)]
    places = rng.uniform(0.1, 1.0, size=POINTS)
    noises = ([place * direction for direction in directions] for place in places)
    found = np.array([sides(*_moved(graph, features, noise)) for noise in noises])
    if not np.isfinite(found).all():
        return math.inf
    powers = np.vander(places, 4)
    return float(np.abs(found - powers @ np.linalg.lstsq(powers, found)[0]).max())


def _parts(graph: PairGraph, features: Features | None) -> list[FloatArray]:
    return [graph.joint.toarray(), *(features or ())]


def _moved(
    graph: PairGraph, features: Features | None, noise: Sequence[FloatArray]
) -> tuple[PairGraph, Features | None]:
    """The graph and the features with relative noise, an array for each of `_parts`."""
    joint, *sides = (part * (1 + off) for part, off in zip(_parts(graph, features), noise, strict=True))
    moved = PairGraph(joint, graph.left_labels, graph.right_labels)
    return moved, (sides[0], sides[1]) if sides else None


def _shaken(triplets: Spectrum, rng: np.random.Generator) -> Spectrum:
    """The triplets with absolute noise: a factorisation rounds relative to the largest value, not to each."""
    values, left, right = (
        array + UNITS * rng.standard_normal(array.shape)
        for array in (triplets.singular_values, triplets.left, triplets.right)
    )
    return replace(triplets, singular_values=np.clip(values, 0.0, 1.0), left=left, right=right)
