"""A false version of every exact bound: a checker that refutes none of them proves nothing by refuting no true one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pairbounds import BOUNDS, Bound
from tests.fuzz.specimen import TRUSTED

PREFIX = "mutant of "
HALF = 0.5
# Bounds that are loose on most small graphs need more to be false on many.
FACTORS = {
    **dict.fromkeys(("probe-error", "sharp-probe-error", "multihop-error", "cheeger-below"), 0.25),
    **dict.fromkeys(("penalised-error", "penalised-encoder-error"), 0.25),
    **dict.fromkeys(("near-optimal-error", "sharp-near-optimal-error", "multihop-near-optimal-error"), 0.25),
    **dict.fromkeys(("image-error", "image-error-by-pairs", "zero-shot", "probe-error-by-alpha"), 0.1),
    **dict.fromkeys(("zero-shot-any", "zero-shot-near-optimal", "cheeger-above", "class-variance"), 0.1),
    **dict.fromkeys(("image-error-by-alpha", "probe-error-by-connectivity"), 0.01),
    **dict.fromkeys(("nearest-mean-by-alignment", "cross-entropy-by-connectivity"), 0.01),
}


def mutant(claim: Bound) -> Bound:
    """The bound with a constant factor in its favour: half of what it allows, or less."""
    factor = FACTORS.get(claim.name, HALF)

    def evaluate(*arguments: Any) -> float:
        value = claim.evaluate(*arguments)
        return value * factor if (claim.relation == ">=") != (value > 0) else value / factor

    return replace(claim, name=PREFIX + claim.name, evaluate=evaluate)


def names() -> list[str]:
    """Of all mutants."""
    return [PREFIX + name for name, claim in BOUNDS.items() if is_asserted(claim) and not name.startswith(PREFIX)]


def tried(turn: int, span: int) -> list[str]:
    """The mutants that are tried on a graph.

    All of them; beyond the trusted decades, where every violation is confirmed in fifty digits, one in turn.
    """
    every = names()
    if span <= TRUSTED:
        return every
    return [every[turn % len(every)]]


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
    """Whether it may never be violated."""
    return claim.status == "exact" or claim.relation == "="
