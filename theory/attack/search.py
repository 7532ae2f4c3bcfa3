"""The search: restarts, ascent, local search, shrinking, confirmation."""

import math
from collections.abc import Callable

import numpy as np

from theory.attack.candidate import Candidate
from theory.attack.climbing import climb
from theory.attack.evaluation import UNMET, Evaluator, Meter
from theory.attack.moves import kicked
from theory.attack.result import CounterexampleResult, Progress
from theory.attack.shrinking import shrink
from theory.attack.starts import random_candidate
from theory.bounds.confirmation import Confirmation, confirm
from theory.bounds.registry import BOUNDS, Bound
from theory.bounds.scoring import score

DRAWS = (1, 4, 16)  # random graphs for a start; the best of them is improved
RETURNS = 0.3  # of the starts, from a neighbour of the best so far
SEARCHING = 0.8  # of the budget; the rest is for shrinking

Report = Callable[[Progress], None]


def find_counterexample(
    bound: Bound | str,
    *,
    budget: float,
    rng: np.random.Generator,
    evaluations: int | None = None,
    report: Report | None = None,
) -> CounterexampleResult:
    """Search for the graph with the largest measured/bound ratio, over graphs, sizes, labels and widths.

    Parameters
    ----------
    bound : Bound or str
        A claim, or the name of a registered one.
    budget : float
        Seconds of wall clock. The last step or confirmation may overrun it by about a second.
    evaluations : int, optional
        The most graphs to hold the claim against, gradient steps included. Where this ends the search before the
        clock does, the result depends on the generator's state alone.
    report : callable, optional
        Called with a `Progress` after each start.

    Raises
    ------
    ValueError
        An unknown name; a rate, which asserts nothing; a budget or number of evaluations that is not positive, or both
        without end.
    RuntimeError
        No graph met the claim's hypotheses.

    Notes
    -----
    Each start takes the best of some random graphs (`families`) or a neighbour of the best so far; ascends the log
    weights by gradient, where the quantity has a differentiable stand-in (`ascent`: probe and zero-shot errors,
    α_T); then goes on by a (1+1) evolution strategy on the claim's own ratio, which needs no derivative and also
    relabels, rewires, splits and drops nodes (`climbing`). The best graph is shrunk (`shrinking`). A ratio above
    1 is believed, and the claim refuted, only after `confirmation` in higher precision.
    """
    from theory.attack.ascent import ascend  # it takes torch

    claim = _claim(bound)
    _check_budget(budget, evaluations)
    meter = Meter(budget, evaluations)
    evaluator = Evaluator(claim, meter)
    best = _Best(claim)
    while meter.spent < SEARCHING:
        start = _start(evaluator, rng, best)
        if start is not None:
            candidate, ratio = ascend(start[0], evaluator, rng, until=SEARCHING, ratio=start[1])
            best.consider(*climb(candidate, evaluator, rng, until=SEARCHING, ratio=ratio))
        if report is not None:
            report(Progress(min(1.0, meter.spent), meter.seconds, meter.evaluations, max(0.0, best.ratio)))
    if best.candidate is None:
        raise RuntimeError(
            f"no graph met the hypotheses of bound {claim.name!r} in {meter.evaluations} tries; "
            f"the last: {evaluator.unmet}"
        )
    largest = best.ratio
    best.replace_by(*shrink(best.candidate, evaluator, rng, ratio=best.ratio))
    return _result(claim, best, largest, meter)


def _claim(bound: Bound | str) -> Bound:
    if isinstance(bound, str):
        if bound not in BOUNDS:
            raise ValueError(f"no bound is named {bound!r}: there are {', '.join(sorted(BOUNDS))}")
        bound = BOUNDS[bound]
    if bound.status == "rate":
        raise ValueError(f"bound {bound.name!r} is a rate, which is fitted and never asserted: nothing can refute it")
    return bound


def _check_budget(budget: float, evaluations: int | None) -> None:
    if not budget > 0:
        raise ValueError(f"budget={budget!r} is not positive: it is the seconds to search for")
    if evaluations is not None and evaluations < 1:
        raise ValueError(f"evaluations={evaluations!r} is not positive: it is the number of graphs to try")
    if math.isinf(budget) and evaluations is None:
        raise ValueError("budget is infinite and evaluations is not given: the search would have no end")


class _Best:
    """The best candidate so far; a ratio above 1 counts for what its confirmation leaves of it."""

    def __init__(self, claim: Bound) -> None:
        self._claim = claim
        self.candidate: Candidate | None = None
        self.ratio = UNMET
        self.confirmation: Confirmation | None = None

    @property
    def refutes(self) -> bool:
        """Whether it is a counterexample."""
        return self.confirmation is not None and self.confirmation.holds_up

    def consider(self, candidate: Candidate, ratio: float) -> None:
        """Take a candidate that is better."""
        if ratio > self.ratio:
            ratio, confirmation = self._believed(candidate, ratio)
            if ratio > self.ratio:
                self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation

    def replace_by(self, candidate: Candidate, ratio: float) -> None:
        """Take a candidate that is simpler, unless it no longer shows a violation that the old one did."""
        ratio, confirmation = self._believed(candidate, ratio)
        if ratio > 1 or not self.refutes:
            self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation

    def _believed(self, candidate: Candidate, ratio: float) -> tuple[float, Confirmation | None]:
        if not ratio > 1:
            return ratio, None
        confirmation = confirm(self._claim, candidate.graph, candidate.k, candidate.features, candidate.penalty)
        return (ratio if confirmation.holds_up else confirmation.score.ratio), confirmation


def _start(evaluator: Evaluator, rng: np.random.Generator, best: _Best) -> tuple[Candidate, float] | None:
    """A candidate that meets the hypotheses and its ratio, if there is one among some draws."""
    if best.candidate is not None and rng.random() < RETURNS:
        near = kicked(best.candidate, rng)
        ratio = evaluator(near)
        return None if ratio == UNMET else (near, ratio)
    chosen: tuple[Candidate, float] | None = None
    for _ in range(rng.choice(DRAWS)):
        drawn = random_candidate(rng, with_features=evaluator.with_features, with_penalty=evaluator.with_penalty)
        ratio = evaluator(drawn)
        if ratio > (UNMET if chosen is None else chosen[1]):
            chosen = drawn, ratio
        if evaluator.meter.spent >= SEARCHING:
            break
    return chosen


def _result(claim: Bound, best: _Best, largest: float, meter: Meter) -> CounterexampleResult:
    candidate = best.candidate
    assert candidate is not None
    found = score(claim, candidate.graph, candidate.k, candidate.features, candidate.penalty)
    confirmed = best.confirmation
    return CounterexampleResult(
        bound=claim.name,
        ratio=best.ratio,
        refuted=best.refutes,
        graph=candidate.graph,
        k=candidate.k,
        features=candidate.features,
        penalty=candidate.penalty,
        measured=found.measured,
        value=found.value,
        rests_on_ties=best.refutes and confirmed is not None and confirmed.rests_on_ties,
        largest_ratio=largest,
        evaluations=meter.evaluations,
        seconds=meter.seconds,
        origin=candidate.origin,
        note="" if confirmed is None else confirmed.note,
    )
