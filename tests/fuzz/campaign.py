"""Many examples of a Hypothesis strategy, judged on several processes in batches that each have a seed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy
from joblib import Parallel, delayed
from tqdm import tqdm

BATCH = 100  # examples


class Independent(HypothesisProvider):
    """Draws that are independent of one another: by default, most of Hypothesis's are variations of the one before."""


AVAILABLE_PROVIDERS[Independent.__name__] = f"{__name__}.{Independent.__name__}"


@dataclass
class Tally:
    """Counts that add up, by what is counted; and of each kind of finding what is known of the first."""

    counts: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    first: dict[str, Any] = field(default_factory=dict)

    def total(self, *what: Any) -> int:
        """The sum of all counts whose key begins like this."""
        return sum(n for key, n in self.counts.items() if key[: len(what)] == what)


def judged_in_batches(judge: Callable[[str, int], Tally], start: int, examples: int, jobs: int) -> Tally:
    """The tally of so many examples of a seed; `judge` takes the seed of a batch and its size."""
    sizes, tally = [min(BATCH, examples - done) for done in range(0, examples, BATCH)], Tally()
    batches = (delayed(judge)(f"{start}, {number}", size) for number, size in enumerate(sizes))
    with tqdm(total=len(sizes), unit="batch", disable=None) as progress:
        for part in Parallel(n_jobs=jobs, return_as="generator_unordered")(batches):
            tally.counts.update(part.counts)
            tally.first = part.first | tally.first
            progress.update()
            progress.set_postfix(found=len(tally.first))
    return tally


T = TypeVar("T")


def each_of(strategy: SearchStrategy[T], test: Callable[[T], None], batch: str, examples: int, *phases: Phase) -> None:
    """Try a test on the examples of a batch."""
    rules = settings(
        backend=Independent.__name__,
        database=None,
        deadline=None,
        derandomize=False,
        max_examples=examples,
        phases=phases or (Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    seed(batch)(rules(given(strategy)(test)))()
