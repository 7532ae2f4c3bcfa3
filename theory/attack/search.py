"""The search for counterexamples: restarts, climbing, shrinking, confirmation."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.attack.candidate import Candidate
from pairbounds.theory.attack.climbing import UNMET, Evaluator, climb, perturbed
from pairbounds.theory.attack.shrinking import shrink
from pairbounds.theory.attack.starts import STARTS, random_candidate
from pairbounds.theory.bounds.confirmation import Confirmation, confirm
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.registry import Bound, named, names_of
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.graph.pair_graph import PairGraph

OPENING, OPENED = 4, 0.2  # graphs of each family at the beginning, within this part of the budget
RETURNS = 0.3  # of the starts, from a neighbour of the best so far
SEARCHING, REFUTED = 0.8, 0.5  # of the budget, the second once there is a violation; the rest is for shrinking
KEPT = 0.99  # of the ratio, by a smaller graph, where there is no violation

Report = Callable[[float, int, float], None]


@dataclass(frozen=True, eq=False)
class CounterexampleResult:
    """The graph on which a claim is closest to failing, or fails.

    Attributes
    ----------
    bound : the claim's name
    ratio : measured over value on `graph`, as `pairbounds.theory.bounds.scoring.violation_ratio` defines it for every
        relation: above 1 exactly where the claim is violated beyond round-off. Where it is not, it is within 1 % of
        `largest_ratio`; where it is, the graph is the smallest violation found, and not the worst.
    refuted : the violation was confirmed in higher precision; the same as `ratio > 1`
    graph, k : where
    weights : (n_left, n_right), those of the graph, for reading: integers if it may be, else over the largest
    features : (n_left, k) and (n_right, k), for a claim about encoders or critics
    penalty : μ, for a claim about a penalised loss
    measured, value : the two sides there
    rests_on_ties : refuted on this graph only because ties count as errors; another may do without
    largest_ratio : the largest seen, on a graph that may have been larger
    evaluations, seconds : what it took
    origin : the family of graphs that the search had started from
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

    def _repr_html_(self) -> str:
        from pairbounds.infrastructure.html import card
        from pairbounds.theory.graph.drawing import graph_picture, is_small

        facts: dict[str, object] = {"largest ratio": self.ratio, "measured": self.measured, "bound": str(self.value)}
        facts |= {"k": self.k} if self.penalty is None else {"k": self.k, "penalty": self.penalty}
        facts |= {"started from": self.origin, "graphs tried": self.evaluations}
        pictures = [graph_picture(self.graph, self.weights)] if is_small(self.graph) else []
        verdict = "refuted by this graph" if self.refuted else "not refuted; nearest on this graph"
        return card(f"{self.bound}: {verdict}", facts, pictures=pictures, notes=[self.note] if self.note else [])


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
    bound : a claim, or the name of a registered one
    rng : generator of the search, or its seed
    budget : seconds of wall clock. The last step or confirmation may overrun it by about a second.
    evaluations : the most graphs to evaluate the claim on. Where this ends the search, and not the clock, the result
        depends on the generator's state alone. One of the two is needed.
    report : called after each start with the part of the budget spent, the evaluations and the largest ratio so far

    Raises
    ------
    ValueError : an unknown name; a rate, which asserts nothing; a budget or number of evaluations that is not positive,
        or both without end
    RuntimeError : no graph met the claim's hypotheses before the budget ended

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
        return ratio >= KEPT * largest

    best.replace_by(*shrink((best.candidate, largest), evaluator, shows_the_same))
    return _result(best, largest, evaluator)


def _search(evaluator: Evaluator, rng: np.random.Generator, report: Report | None) -> "_Best":
    """The search without the shrinking: some graphs of one family after the other, then climbs from start to start."""
    best = _Best(evaluator.claim)
    for family in [*STARTS] * OPENING:
        if best.refutes or evaluator.spent >= OPENED:
            break
        drawn = _drawn(evaluator, rng, family)
        best.consider(drawn, evaluator(drawn))
    while evaluator.spent < (until := REFUTED if best.refutes else SEARCHING):
        known = best.candidate
        start = _drawn(evaluator, rng) if known is None or rng.random() >= RETURNS else perturbed(known, rng)
        ratio = evaluator(start)
        if ratio != UNMET:
            best.consider(*climb(start, evaluator, rng, until=until, ratio=ratio))
        if report is not None:
            report(min(1.0, evaluator.spent), evaluator.evaluations, max(0.0, best.ratio))
    return best


def _drawn(evaluator: Evaluator, rng: np.random.Generator, family: str | None = None) -> Candidate:
    needed = {"with_features": evaluator.with_features, "with_penalty": evaluator.with_penalty}
    return random_candidate(rng, **needed, family=family)


def _check(claim: Bound, budget: float, evaluations: int | None) -> None:
    if claim.status == "rate":
        raise ValueError(f"bound {claim.name!r} is a rate, which is fitted and never asserted: nothing can refute it")
    if not budget > 0:
        raise ValueError(f"budget={budget!r} is not positive: it is the seconds to search for")
    if evaluations is not None and evaluations < 1:
        raise ValueError(f"evaluations={evaluations!r} is not positive: it is the number of graphs to try")
    if math.isinf(budget) and evaluations is None:
        raise ValueError("budget and evaluations are not given: without one of them the search would have no end")


class _Best:
    """The best candidate so far; a ratio above 1 counts for what its confirmation leaves of it."""

    def __init__(self, claim: Bound) -> None:
        self._claim = claim
        self.candidate: Candidate | None = None
        self.ratio = UNMET
        self.confirmation: Confirmation | None = None

    @property
    def refutes(self) -> bool:
        """True if it is a counterexample."""
        return self.confirmation is not None and self.confirmation.holds_up

    def consider(self, candidate: Candidate, ratio: float) -> None:
        """Take a candidate that is better."""
        if ratio > self.ratio:
            ratio, confirmation = confirmed_ratio(self._claim, candidate, ratio)
            if ratio > self.ratio:
                self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation

    def replace_by(self, candidate: Candidate, ratio: float) -> None:
        """Take a candidate that is simpler, unless it no longer shows a violation that the old one did."""
        ratio, confirmation = confirmed_ratio(self._claim, candidate, ratio)
        if ratio > 1 or not self.refutes:
            self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation


def confirmed_ratio(claim: Bound, candidate: Candidate, ratio: float) -> tuple[float, Confirmation | None]:
    """A ratio up to 1 as it is; a larger one as its confirmation leaves it, with that."""
    if not ratio > 1:
        return ratio, None
    confirmation = confirm(claim, *candidate.sides)
    return (ratio if confirmation.holds_up else confirmation.score.ratio), confirmation


def _result(best: _Best, largest: float, evaluator: Evaluator) -> CounterexampleResult:
    candidate, confirmed = best.candidate, best.confirmation
    assert candidate is not None
    found = score(evaluator.claim, *candidate.sides)
    return CounterexampleResult(
        bound=evaluator.claim.name,
        ratio=best.ratio,
        refuted=best.refutes,
        graph=candidate.graph,
        weights=candidate.weights,
        k=candidate.k,
        features=candidate.features,
        penalty=candidate.penalty,
        measured=found.measured,
        value=found.value,
        rests_on_ties=best.refutes and confirmed is not None and confirmed.rests_on_ties,
        largest_ratio=largest,
        evaluations=evaluator.evaluations,
        seconds=evaluator.seconds,
        origin=candidate.origin,
        note="" if confirmed is None else confirmed.note,
    )
