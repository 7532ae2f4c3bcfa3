"""Many examples of a strategy of Hypothesis on several processes, in batches, each of a seed of its own."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy
from joblib import Parallel, delayed
from tqdm import tqdm


class Independent(HypothesisProvider):
    """Draws that are independent of one another: by default, most of Hypothesis's are variations of the one before."""


AVAILABLE_PROVIDERS[Independent.__name__] = f"{__name__}.{Independent.__name__}"


@dataclass
class Counts:
    """Counters of a batch that add up; `first` has what is known of the first finding of each kind."""

    first: dict[str, Any] = field(default_factory=dict)

    def join(self, other: Self) -> None:
        """Add another's counts."""
        for each in fields(self):
            if isinstance(counter := getattr(self, each.name), Counter):
                counter.update(getattr(other, each.name))
        self.first = other.first | self.first


C = TypeVar("C", bound=Counts)
T = TypeVar("T")


def add_up(judged: Callable[[str, int], C], tally: C, start: int, examples: int, size: int, jobs: int) -> C:
    """Judge so many examples of a seed in batches of that size, and add what they count to a tally."""
    sizes = [min(size, examples - done) for done in range(0, examples, size)]
    batches = (delayed(judged)(f"{start}, {number}", count) for number, count in enumerate(sizes))
    with tqdm(total=len(sizes), unit="batch", disable=None) as progress:
        for part in Parallel(n_jobs=jobs, return_as="generator_unordered")(batches):
            tally.join(part)
            progress.update()
            progress.set_postfix(found=len(tally.first))
    return tally


def each_of(strategy: SearchStrategy[T], test: Callable[[T], None], batch: str, examples: int, *phases: Phase) -> None:
    """Try a test on the examples of a batch."""
    rules = settings(
        backend=Independent.__name__,
        database=None,
        deadline=None,
        derandomize=False,
        max_examples=examples,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    seed(batch)(rules(given(strategy)(test)))()
