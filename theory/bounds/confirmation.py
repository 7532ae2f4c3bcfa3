"""Confirmation in higher precision that a claim is violated by more than round-off."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.bounds.measured import Features
from pairbounds.theory.bounds.registry import Bound
from pairbounds.theory.bounds.scoring import Score, embedded, rounding, score_of, subject
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum

UNITS = 4 * EPS  # some units in the last place
TRIALS = 8
REACH, POINTS = 1e-4, 12  # of the line for the estimate of a claim's noise
SAFETY = 64
Sides = Callable[..., FloatArray]  # from a graph and features to the numbers with noise


@dataclass(frozen=True)
class Confirmation:
    """Result of a check of a violation in higher precision.

    Attributes
    ----------
    holds_up : True if the claim is violated beyond round-off
    rests_on_ties : True if the violation needs ties to count as errors
    score : both sides, and the ratio with the rounding margin counted against the violation
    note : how it was confirmed, or why not
    """

    holds_up: bool
    rests_on_ties: bool
    score: Score
    note: str


def confirm(
    claim: Bound, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
) -> Confirmation:
    """Evaluate a claim again, in higher precision and with a wider margin.

    The measured side uses a factorisation of the graph in fifty digits. Quantities outside
    `pairbounds.theory.bounds.precise` are measured in double precision on it, and so is the claim. Their round-off is
    estimated by moving weights, features and triplets by a few units in the last place, and by the roughness of the
    claim along a line. A multiple of it is counted against the violation.

    If `σ_k = σ_{k+1}`, the violation is confirmed at the optimum of the factorisation.
    """
    from pairbounds.theory.bounds.precise import PreciseSubject, measure  # loads mpmath

    precise = PreciseSubject(graph, k, features, penalty)
    encoder = subject(graph, precise.triplets(k + 1), k, features, penalty)
    exact = measure(claim.quantity, precise)

    def sides(moved: PairGraph, encoding: Features | None, rng: np.random.Generator | None = None) -> FloatArray:
        """Both sides, or only the value if the other is exact; with noise on the triplets if `rng` is given."""
        near = embedded(moved, k, encoding, penalty)
        if rng is not None:
            near = subject(moved, _perturbed_triplets(near.spectrum, rng), k, encoding, penalty)
        return inexact(score_of(claim, near))

    def inexact(score: Score) -> FloatArray:
        return np.array([score.value, score.measured] if exact is None else [score.value])

    try:
        plain = score_of(claim, encoder, None if exact is None else exact.value)
        noise = _spread(sides, inexact(plain), graph, features) + _roughness(sides, graph, features)
        margin = rounding(claim, encoder, plain.value) + SAFETY * noise
    except HypothesisError as error:
        nothing = Score(math.nan, math.nan, 0.0)
        return Confirmation(holds_up=False, rests_on_ties=False, score=nothing, note=f"not confirmed: {error}")
    result = score_of(claim, encoder, plain.measured, margin)
    holds_up = result.ratio > 1
    by_ties = holds_up and exact is not None and not score_of(claim, encoder, exact.without_ties, margin).ratio > 1
    note = f"a larger ratio was not confirmed: within the rounding margin of {margin:.1e}"
    if holds_up:
        precision = (
            f"in double precision ({claim.quantity} is not known in higher)" if exact is None else "in 50 digits"
        )
        ties = ", by ties, which count as errors" if by_ties else ""
        note = f"confirmed {precision}, beyond a margin of {margin:.1e}{ties}"
    return Confirmation(holds_up, by_ties, result, note)


def _spread(sides: Sides, plain: FloatArray, graph: PairGraph, features: Features | None) -> float:
    """Largest change of the sides if their inputs change by round-off."""
    rng, distances = np.random.default_rng(0), []
    for _ in range(TRIALS):
        noise = [UNITS * rng.standard_normal(part.shape) for part in _parts(graph, features)]
        distances.append(np.abs(sides(*_perturbed(graph, features, noise), rng) - plain).max())
    farthest = float(np.max(distances))
    return farthest if math.isfinite(farthest) else math.inf


def _roughness(sides: Sides, graph: PairGraph, features: Features | None) -> float:
    """Noise of the sides along a short line: the residual of a cubic, which fits a smooth function.

    The points are random, and far enough apart for independent roundings. They exclude the graph, where a 0-1 error may
    have a tie.
    """
    rng = np.random.default_rng(1)
    directions = [rng.choice([-REACH, REACH], size=part.shape) for part in _parts(graph, features)]
    places = rng.uniform(0.1, 1.0, size=POINTS)
    noises = ([noise_size * direction for direction in directions] for noise_size in places)
    values = np.array([sides(*_perturbed(graph, features, noise)) for noise in noises])
    if not np.isfinite(values).all():
        return math.inf
    powers = np.vander(places, 4)
    return float(np.abs(values - powers @ np.linalg.lstsq(powers, values)[0]).max())


def _parts(graph: PairGraph, features: Features | None) -> list[FloatArray]:
    return [graph.joint.toarray(), *(features or ())]


def _perturbed(
    graph: PairGraph, features: Features | None, noise: Sequence[FloatArray]
) -> tuple[PairGraph, Features | None]:
    """Graph and features with relative noise, an array for each of `_parts`."""
    joint, *sides = (part * (1 + off) for part, off in zip(_parts(graph, features), noise, strict=True))
    moved = PairGraph(joint, graph.left_labels, graph.right_labels)
    return moved, (sides[0], sides[1]) if sides else None


def _perturbed_triplets(triplets: Spectrum, rng: np.random.Generator) -> Spectrum:
    """Triplets with absolute noise, since a factorisation rounds relative to the largest value."""
    values, left, right = (
        array + UNITS * rng.standard_normal(array.shape)
        for array in (triplets.singular_values, triplets.left, triplets.right)
    )
    return replace(triplets, singular_values=np.clip(values, 0.0, 1.0), left=left, right=right)
