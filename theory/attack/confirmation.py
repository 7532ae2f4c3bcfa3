"""Whether a ratio above 1 is more than floating point: nothing is called refuted before this."""

import math
from dataclasses import dataclass

import numpy as np

from theory.attack.candidate import Features
from theory.attack.precise import PreciseSubject, measure
from theory.attack.scoring import Score, evaluated, rounding, score_on, subject
from theory.bounds.registry import Bound
from theory.graph import PairGraph
from theory.hypotheses import HypothesisError
from theory.spectra import spectrum

NOISE = 4 * np.finfo(np.float64).eps  # relative, on every weight
TRIALS = 8
SAFETY = 8


@dataclass(frozen=True)
class Confirmation:
    """What is left of a violation in higher precision.

    Attributes
    ----------
    holds_up : whether the claim is violated beyond round-off
    rests_on_ties : whether it is so only because ties count as errors
    score : both sides, the ratio with the rounding margin counted against the violation
    note : how it was confirmed, or what failed
    """

    holds_up: bool
    rests_on_ties: bool
    score: Score
    note: str


def confirm(claim: Bound, graph: PairGraph, k: int, features: Features | None = None) -> Confirmation:
    """A claim held once more against what is measured, in higher precision and with a wider margin.

    The measured side comes from a factorisation of the graph in fifty digits, for the quantities of
    `theory.attack.precise`; others are measured in double precision on that factorisation. The claim, a function of
    double precision, gets those singular values. Its own rounding is estimated by what it makes of the graph
    with its weights moved by a few units in the last place, and counted against the violation several times over.

    Where `σ_k = σ_{k+1}` the optimum is not unique; the violation is confirmed at the one found in fifty digits.
    """
    precise = PreciseSubject(graph, k, features)
    triplets = precise.triplets(k + 1)
    known = measure(claim.quantity, precise)
    try:
        encoder = subject(graph, triplets, k, features)
        plain = score_on(claim, graph, triplets, k, features, None if known is None else known.value)
        margin = rounding(triplets, plain.measured, plain.value)
        margin += SAFETY * _spread(claim, graph, k, features, evaluated(claim, encoder))
    except HypothesisError as error:
        return Confirmation(False, False, Score(math.nan, math.nan, 0.0), f"not confirmed: {error}")
    found = score_on(claim, graph, triplets, k, features, plain.measured, margin)
    if not found.ratio > 1:
        return Confirmation(False, False, found, f"not confirmed: within the rounding margin of {margin:.1e}")
    if known is None:
        note = f"confirmed in double precision, no {claim.quantity} in higher, margin {margin:.1e}"
        return Confirmation(True, False, found, note)
    strict = score_on(claim, graph, triplets, k, features, known.without_ties, margin)
    ties = known.without_ties != known.value and not strict.ratio > 1
    note = f"confirmed in 50 digits, margin {margin:.1e}" + (", by ties, which count as errors" if ties else "")
    return Confirmation(True, ties, found, note)


def _spread(claim: Bound, graph: PairGraph, k: int, features: Features | None, value: float) -> float:
    """How far the value moves when the weights do, by a few units in the last place."""
    rng = np.random.default_rng(0)
    joint = graph.joint.toarray()
    farthest = 0.0
    for _ in range(TRIALS):
        noisy = joint * (1 + NOISE * rng.standard_normal(joint.shape))
        moved = PairGraph(noisy, graph.left_labels, graph.right_labels)
        triplets = spectrum(moved, min(k + 1, *joint.shape), device="cpu").leading(k + 1)
        farthest = max(farthest, abs(evaluated(claim, subject(moved, triplets, k, features)) - value))
    return farthest if math.isfinite(farthest) else math.inf
