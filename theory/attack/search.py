"""The search: restarts, climbing, shrinking, confirmation."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from pairbounds.theory.attack.candidate import Candidate, Sides
from pairbounds.theory.attack.climbing import climb
from pairbounds.theory.attack.evaluation import UNMET, Evaluator, Meter, ratio_anywhere
from pairbounds.theory.attack.mattering import ratio_where_it_matters
from pairbounds.theory.attack.moves import perturbed
from pairbounds.theory.attack.result import CounterexampleResult, Progress
from pairbounds.theory.attack.shrinking import shrink, smallest_violation
from pairbounds.theory.attack.starts import STARTS, random_candidate
from pairbounds.theory.bounds.confirmation import Confirmation, confirm
from pairbounds.theory.bounds.registry import Bound, named
from pairbounds.theory.bounds.scoring import score

OPENING, OPENED = 4, 0.2  # graphs of each family at the beginning, within this part of the budget
DRAWS = (1, 4, 16)  # random graphs for a start; the best of them is improved
RETURNS = 0.3  # of the starts, from a neighbour of the best so far
SEARCHING, REFUTED = 0.8, 0.5  # of the budget, the second once there is a violation; the rest is for shrinking
KEPT = 0.99  # of the ratio, by a smaller graph, where there is no violation

Report = Callable[[Progress], None]


def find_counterexample(
    bound: Bound | str,
    *,
    rng: np.random.Generator,
    budget: float = math.inf,
    evaluations: int | None = None,
    matters: bool = False,
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
        The most graphs to evaluate the claim on. Where this ends the search, and not the clock, the result depends on
        the generator's state alone. One of the two is needed.
    matters : bool
        Search only where a ratio matters (`mattering`): at least 4 left nodes, a width of at least 2, no ties, and a
        bound below what guessing reaches.
    report : callable, optional
        Called with a `Progress` after each start.

    Raises
    ------
    ValueError
        An unknown name; a rate, which asserts nothing; a budget or number of evaluations that is not positive, or both
        without end.
    RuntimeError
        No graph met the claim's hypotheses, or was one where it matters, before the budget ended.

    Notes
    -----
    The search begins with some graphs of each family (`starts`). Then each start takes the best of some random graphs
    or a neighbour of the best so far, and improves it by a (1+1) evolution strategy on the claim's own ratio, which
    also relabels, splits and drops nodes (`climbing`). The best graph is shrunk (`shrinking`): where it violates the
    claim, to a small violation in integers; else to a simpler graph of nearly the same ratio. The claim is refuted only
    after a ratio above 1 was confirmed in higher precision (`confirmation`).
    """
    claim = named(bound) if isinstance(bound, str) else bound
    _check_budget(budget, evaluations)
    meter = Meter(budget, evaluations)
    evaluator = Evaluator(claim, meter, ratio_where_it_matters if matters else ratio_anywhere)
    best = search(evaluator, rng, report=report)
    if best.candidate is None or best.ratio < 0:
        raise RuntimeError(_nothing_found(evaluator))
    largest = best.ratio
    if best.refutes:
        best.replace_by(*smallest_violation(best.candidate, evaluator, ratio=largest))
    else:
        best.replace_by(*shrink(best.candidate, evaluator, rng, ratio=largest, kept=KEPT))
    whole = best.candidate.in_integers()
    if whole is not None:
        best.replace_by(whole, evaluator(whole))
    return _result(claim, best, largest, meter)


def search(
    evaluator: Evaluator,
    rng: np.random.Generator,
    *,
    known: Iterable[Candidate] = (),
    report: Report | None = None,
) -> "Best":
    """The search without the shrinking: it begins with the candidates that are known."""
    if evaluator.claim.status == "rate":
        name = evaluator.claim.name
        raise ValueError(f"bound {name!r} is a rate, which is fitted and never asserted: nothing can refute it")
    meter, best = evaluator.meter, Best(evaluator.claim)
    for candidate in known:
        best.consider(candidate, evaluator(candidate))
    if best.candidate is None:
        _open(evaluator, rng, best)
    while meter.spent < (until := REFUTED if best.refutes else SEARCHING):
        start = _start(evaluator, rng, best)
        if start is not None:
            best.consider(*climb(start[0], evaluator, rng, until=until, ratio=start[1]))
        if report is not None:
            report(Progress(min(1.0, meter.spent), meter.seconds, meter.evaluations, max(0.0, best.ratio)))
    return best


def _open(evaluator: Evaluator, rng: np.random.Generator, best: "Best") -> None:
    """Consider graphs of one family after the other, until one refutes the claim."""
    for family in [*STARTS] * OPENING:
        if best.refutes or evaluator.meter.spent >= OPENED:
            return
        drawn = _drawn(evaluator, rng, family)
        best.consider(drawn, evaluator(drawn))


def _drawn(evaluator: Evaluator, rng: np.random.Generator, family: str | None = None) -> Candidate:
    needed = {"with_features": evaluator.with_features, "with_penalty": evaluator.with_penalty}
    return random_candidate(rng, **needed, family=family)


def _nothing_found(evaluator: Evaluator) -> str:
    """The reason why a search has no graph to show."""
    meter = evaluator.meter
    by_time = meter.seconds / meter.budget > meter.counted
    end = f"the budget of {meter.budget:g} s" if by_time else "the number of evaluations"
    if evaluator.met:
        wanted = f"where bound {evaluator.claim.name!r} matters"
    else:
        reason = f" (the last: {evaluator.unmet})" if evaluator.unmet else ""
        wanted = f"that met the hypotheses of bound {evaluator.claim.name!r}{reason}"
    return f"{end} ended the search after {meter.evaluations} graphs, none {wanted}: give more"


def _check_budget(budget: float, evaluations: int | None) -> None:
    if not budget > 0:
        raise ValueError(f"budget={budget!r} is not positive: it is the seconds to search for")
    if evaluations is not None and evaluations < 1:
        raise ValueError(f"evaluations={evaluations!r} is not positive: it is the number of graphs to try")
    if math.isinf(budget) and evaluations is None:
        raise ValueError("budget and evaluations are not given: without one of them the search would have no end")


class Best:
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
            ratio, confirmation = self._confirmed(candidate, ratio)
            if ratio > self.ratio:
                self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation

    def replace_by(self, candidate: Candidate, ratio: float) -> None:
        """Take a candidate that is simpler, unless it no longer shows a violation that the old one did."""
        ratio, confirmation = self._confirmed(candidate, ratio)
        if ratio > 1 or not self.refutes:
            self.candidate, self.ratio, self.confirmation = candidate, ratio, confirmation

    def _confirmed(self, candidate: Candidate, ratio: float) -> tuple[float, Confirmation | None]:
        return confirmed_ratio(self._claim, candidate.sides, ratio)


def confirmed_ratio(claim: Bound, sides: Sides, ratio: float) -> tuple[float, Confirmation | None]:
    """A ratio up to 1 as it is; a larger one as its confirmation leaves it, with that."""
    if not ratio > 1:
        return ratio, None
    confirmation = confirm(claim, *sides)
    return (ratio if confirmation.holds_up else confirmation.score.ratio), confirmation


def _start(evaluator: Evaluator, rng: np.random.Generator, best: Best) -> tuple[Candidate, float] | None:
    """A candidate that meets the hypotheses and its ratio, if there is one among some draws."""
    if best.candidate is not None and rng.random() < RETURNS:
        near = perturbed(best.candidate, rng)
        ratio = evaluator(near)
        return None if ratio == UNMET else (near, ratio)
    chosen: tuple[Candidate, float] | None = None
    for _ in range(rng.choice(DRAWS)):
        drawn = _drawn(evaluator, rng)
        ratio = evaluator(drawn)
        if ratio > (UNMET if chosen is None else chosen[1]):
            chosen = drawn, ratio
        if evaluator.meter.spent >= SEARCHING:
            break
    return chosen


def _result(claim: Bound, best: Best, largest: float, meter: Meter) -> CounterexampleResult:
    candidate = best.candidate
    assert candidate is not None
    found = score(claim, *candidate.sides)
    confirmed = best.confirmation
    return CounterexampleResult(
        bound=claim.name,
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
        evaluations=meter.evaluations,
        seconds=meter.seconds,
        origin=candidate.origin,
        note="" if confirmed is None else confirmed.note,
    )
