"""A false version of every exact bound: a checker that refutes none of them proves nothing by refuting no true one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pairbounds import BOUNDS, Bound

PREFIX = "mutant of "
FACTOR = 0.1


def mutant(claim: Bound) -> Bound:
    """The bound with a constant factor in its favour."""

    def evaluate(*arguments: Any) -> float:
        value = claim.evaluate(*arguments)
        return value * FACTOR if (claim.relation == ">=") != (value > 0) else value / FACTOR

    return replace(claim, name=PREFIX + claim.name, evaluate=evaluate)


def names() -> list[str]:
    """Names of all mutants."""
    return [PREFIX + name for name, claim in BOUNDS.items() if is_asserted(claim) and not name.startswith(PREFIX)]


@contextmanager
def registered(chosen: Iterable[str]) -> Iterator[None]:
    """`check_bounds` tries these mutants beside the bounds."""
    mutants = {name: mutant(BOUNDS[name.removeprefix(PREFIX)]) for name in chosen}
    BOUNDS.update(mutants)
    try:
        yield
    finally:
        for name in mutants:
            del BOUNDS[name]


def is_asserted(claim: Bound) -> bool:
    """Return whether it may never be violated."""
    return claim.status == "exact" or claim.relation == "="
