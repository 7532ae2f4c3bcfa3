"""Search for counterexamples: climb from many starts, confirm a violation, and shrink its graph."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.attack.candidate import Candidate
from pairbounds.theory.attack.climbing import UNMET, Evaluator, climb, perturbed
from pairbounds.theory.attack.shrinking import shrink
from pairbounds.theory.attack.starts import STARTS, random_candidate
from pairbounds.theory.bounds.confirmation import Confirmation, confirm
from pairbounds.theory.bounds.measured import Features
from pairbounds.theory.bounds.registry import Bound, named, names_of
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.graph.pair_graph import PairGraph

FIRST_GRAPHS = 4  # graphs of each family that are tried before the climbs
FIRST_SHARE = 0.2  # largest part of the budget for them
NEAR_BEST = 0.3  # share of climbs that start from a neighbour of the best candidate so far
SEARCH_SHARE = 0.8  # part of the budget before shrinking
REFUTED_SHARE = 0.5  # the same, once a violation is confirmed
KEPT_RATIO = 0.99  # share of the ratio that a smaller graph must keep if there is no violation

Report = Callable[[float, int, float], None]


@dataclass(frozen=True, eq=False)
class CounterexampleResult:
    """Graph on which a claim fails, or is closest to failing.

    Attributes
    ----------
    bound : the claim's name
    ratio : measured over value on `graph`, for every relation as in `pairbounds.theory.bounds.scoring.violation_ratio`:
        above 1 if and only if the claim is violated beyond round-off. Without a violation it is within 1 % of
        `largest_ratio`; with one, the graph is the smallest violation of the search, and not the worst.
    refuted : True if the violation was confirmed in higher precision; the same as `ratio > 1`
    graph, k : the graph and the width
    weights : (n_left, n_right), readable weights of the graph: integers if possible, else with the maximum 1
    features : (n_left, k) and (n_right, k), for a claim about encoders or critics
    penalty : μ, for a claim about a penalised loss
    measured, value : both sides on the graph
    rests_on_ties : True if the violation needs ties to count as errors on this graph
    largest_ratio : largest ratio of the search, maybe on a larger graph
    evaluations, seconds : cost of the search
    origin : the family of graphs of the start
    note : how the refutation was confirmed, or why a ratio above 1 was not
    """

    bound: str
    ratio: float
    refuted: bool
    graph: PairGraph
    weights: FloatArray
    k: int
    features: Features | None
    penalty: float | None
    measured: float
    value: float
    rests_on_ties: bool
    largest_ratio: float
    evaluations: int
    seconds: float
    origin: str
    note: str


def find_counterexample(
    bound: Bound | str,
    *,
    rng: np.random.Generator | int = 0,
    budget: float = math.inf,
    evaluations: int | None = None,
    report: Report | None = None,
) -> CounterexampleResult:
    """Search for the graph with the largest measured/bound ratio, over graphs, sizes, labels and widths.

    Parameters
    ----------
    bound : a claim, or the name of a registered bound
    rng : generator of the search, or its seed
    budget : seconds of wall clock; the last step may exceed it by about a second
    evaluations : largest number of graphs. If this limit ends the search, the result depends only on the generator.
        One of the two limits is needed.
    report : called after each start with the spent part of the budget, the evaluations and the largest ratio so far

    Raises
    ------
    ValueError : an unknown name; a rate; a budget or number of evaluations that is not positive, or no limit
    RuntimeError : no graph met the claim's hypotheses within the budget

    Notes
    -----
    The search begins with some graphs of each family (`starts`). Then each start is a random graph or a neighbour of
    the best so far, improved by a (1+1) evolution strategy on the claim's own ratio, which also relabels, splits and
    drops nodes (`climbing`). The best graph is shrunk (`shrinking`) to a small violation in
    integers, or to a simpler graph of nearly the same ratio. The claim is refuted only after a ratio above 1 was
    confirmed in higher precision (`confirmation`).
    """
    claim = bound if isinstance(bound, Bound) else named(*names_of(bound))
    _check(claim, budget, evaluations)
    evaluator = Evaluator(claim, budget, evaluations)
    best = _search(evaluator, np.random.default_rng(rng), report)
    if best.candidate is None:
        reason = f" (the last: {evaluator.unmet})" if evaluator.unmet else ""
        raise RuntimeError(
            f"none of {evaluator.evaluations} graphs met the hypotheses of bound {claim.name!r}{reason}: give a larger "
            "budget, or more evaluations"
        )
    largest = best.ratio

    def shows_the_same(candidate: Candidate, ratio: float) -> bool:
        if best.refutes:
            return ratio > 1 and confirm(claim, *candidate.sides).holds_up
        return ratio >= KEPT_RATIO * largest

    smallest = judged(claim, *shrink((best.candidate, largest), evaluator, shows_the_same))
    return _result(smallest, largest, evaluator)


def _search(evaluator: Evaluator, rng: np.random.Generator, report: Report | None) -> "Judged":
    """Search without shrinking: a few graphs of each family, then a climb from each start."""
    best = Judged()
    needs: dict[str, Any] = {"with_features": evaluator.with_features, "with_penalty": evaluator.with_penalty}
    for family in [*STARTS] * FIRST_GRAPHS:
        if best.refutes or evaluator.spent >= FIRST_SHARE:
            break
        start = random_candidate(rng, **needs, family=family)
        best = _better(best, evaluator.claim, start, evaluator(start))
    while evaluator.spent < (until := REFUTED_SHARE if best.refutes else SEARCH_SHARE):
        if best.candidate is None or rng.random() >= NEAR_BEST:
            start = random_candidate(rng, **needs)
        else:
            start = perturbed(best.candidate, rng)
        ratio = evaluator(start)
        if ratio != UNMET:
            best = _better(best, evaluator.claim, *climb(start, evaluator, rng, until=until, ratio=ratio))
        if report is not None:
            report(min(1.0, evaluator.spent), evaluator.evaluations, max(0.0, best.ratio))
    return best


def _check(claim: Bound, budget: float, evaluations: int | None) -> None:
    if claim.status == "rate":
        raise ValueError(f"bound {claim.name!r} is a rate, which is never asserted: give a bound that can be refuted")
    if not budget > 0:
        raise ValueError(f"budget={budget!r} is not positive: give the seconds of the search")
    if evaluations is not None and evaluations < 1:
        raise ValueError(f"evaluations={evaluations!r} is not positive: give the number of graphs to try")
    if math.isinf(budget) and evaluations is None:
        raise ValueError("the search needs a limit: give budget or evaluations")


@dataclass(frozen=True, eq=False)
class Judged:
    """Candidate with its ratio; a ratio above 1 is replaced by that of the confirmation if this does not hold up."""

    candidate: Candidate | None = None
    ratio: float = UNMET
    confirmation: Confirmation | None = None

    @property
    def refutes(self) -> bool:
        """True if it is a counterexample."""
        return self.confirmation is not None and self.confirmation.holds_up


def judged(claim: Bound, candidate: Candidate, ratio: float) -> Judged:
    """Confirm a ratio above 1."""
    if not ratio > 1:
        return Judged(candidate, ratio)
    confirmation = confirm(claim, *candidate.sides)
    return Judged(candidate, ratio if confirmation.holds_up else confirmation.score.ratio, confirmation)


def _better(best: Judged, claim: Bound, candidate: Candidate, ratio: float) -> Judged:
    """The candidate if its confirmed ratio is larger than the best, else the best."""
    if ratio > best.ratio and (tried := judged(claim, candidate, ratio)).ratio > best.ratio:
        return tried
    return best


def _result(best: Judged, largest: float, evaluator: Evaluator) -> CounterexampleResult:
    candidate, confirmed = best.candidate, best.confirmation
    assert candidate is not None
    result = score(evaluator.claim, *candidate.sides)
    return CounterexampleResult(
        bound=evaluator.claim.name,
        ratio=best.ratio,
        refuted=best.refutes,
        graph=candidate.graph,
        weights=candidate.weights,
        k=candidate.k,
        features=candidate.features,
        penalty=candidate.penalty,
        measured=result.measured,
        value=result.value,
        rests_on_ties=best.refutes and confirmed is not None and confirmed.rests_on_ties,
        largest_ratio=largest,
        evaluations=evaluator.evaluations,
        seconds=evaluator.seconds,
        origin=candidate.origin,
        note="" if confirmed is None else confirmed.note,
    )
