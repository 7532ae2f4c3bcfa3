"""Batches of examples of a Hypothesis strategy, each with a seed: `make fuzz GRAPHS=N PROOFS=N SEED=S`."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

SIZE = 100  # examples of a batch
SEED = os.environ.get("SEED", "0")


class Independent(HypothesisProvider):
    """Draws that are independent of one another: by default, most of Hypothesis's are variations of the one before."""


AVAILABLE_PROVIDERS[Independent.__name__] = f"{__name__}.{Independent.__name__}"


def batches(name: str, default: int) -> list[tuple[int, int]]:
    """Number and size of each batch; an environment variable sets the number of examples."""
    examples = int(os.environ.get(name, default))
    return [(first // SIZE, min(SIZE, examples - first)) for first in range(0, examples, SIZE)]


def each_of(strategy: SearchStrategy[Any], test: Callable[[Any], None], batch: tuple[int, int]) -> None:
    """Try a test on the examples of a batch; the simplest that fails is printed."""
    number, examples = batch
    rules = settings(
        backend=Independent.__name__,
        database=None,
        deadline=None,
        derandomize=False,
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    seed(f"{SEED}, {number}")(rules(given(strategy)(test)))()
