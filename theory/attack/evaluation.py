"""The budget of a search, and the ratios of its candidates."""

import math
import time
from collections.abc import Callable

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.attack.candidate import Candidate
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import NEEDED, Bound
from pairbounds.theory.bounds.scoring import embedded, score_of

UNMET = -math.inf  # the ratio of a graph that a claim does not speak of

Rating = Callable[[Bound, Encoder], float]


def ratio_anywhere(claim: Bound, encoder: Encoder) -> float:
    """The ratio, whatever the graph."""
    return score_of(claim, encoder).ratio


class Meter:
    """The part of a budget that is spent: seconds of wall clock, or evaluations, whichever is nearer its end."""

    def __init__(self, budget: float, evaluations: int | None) -> None:
        self.budget, self._allowed = budget, evaluations
        self.evaluations = 0
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall clock since the search began."""
        return time.monotonic() - self._start

    @property
    def counted(self) -> float:
        """The part of the evaluations that is spent."""
        return 0.0 if self._allowed is None else self.evaluations / self._allowed

    @property
    def spent(self) -> float:
        """The part of the budget that is spent; above 1 once it is overdrawn."""
        return max(self.seconds / self.budget, self.counted)


class Evaluator:
    """Ratios of candidates, counted on a meter; remembers why graphs were passed over.

    A rating may be negative where the ratio does not count: then it says how far that is from where it does.

    Attributes
    ----------
    met : number of candidates that met the hypotheses
    unmet : the hypothesis that failed last
    """

    def __init__(self, claim: Bound, meter: Meter, rating: Rating = ratio_anywhere) -> None:
        self.claim, self.meter, self._rating = claim, meter, rating
        self.met, self.unmet = 0, ""

    @property
    def with_features(self) -> bool:
        """True if the claim is about encoders or critics."""
        return self.claim.subject in ("encoder", "penalised encoder", "critic")

    @property
    def with_penalty(self) -> bool:
        """True if the claim is about a penalised loss."""
        return NEEDED.get(self.claim.subject) == "penalty"

    def __call__(self, candidate: Candidate) -> float:
        """The rating, or `UNMET`."""
        self.meter.evaluations += 1
        try:
            encoder = embedded(*candidate.sides)
            ratio = self._rating(self.claim, encoder)
        except HypothesisError as error:
            self.unmet = str(error)
            return UNMET
        self.met += 1
        return ratio
