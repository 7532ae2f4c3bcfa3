"""Two sides on the same input, and how their runs are timed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Run = Callable[[Any], object]


@dataclass(frozen=True)
class Size:
    """Nodes on each side of a graph, and the width of the embedding."""

    n_left: int
    n_right: int
    k: int


SIZES = {
    "XS": Size(300, 150, 8),  # for the test of the runner
    "S": Size(2_000, 1_000, 16),
    "M": Size(20_000, 10_000, 64),
    "L": Size(200_000, 50_000, 64),
    "Q": Size(100_000, 30_000, 32),  # for questions: a million pairs
}


class NotReachedError(Exception):
    """A run was stopped before it got where it should: its time is a lower bound."""


@dataclass(frozen=True)
class Duel:
    """Ours and a peer on the same input.

    Attributes
    ----------
    case : what the input is
    make : an input for each run, untimed; fresh, since a graph remembers what was computed on it
    ours, peer : called with an input; `NotReachedError` says that a run was stopped at a cap of its own
    peer_name : what the peer is, with its settings
    note : what a reader of the ratio must know
    """

    case: str
    make: Callable[[], Any]
    ours: Run
    peer: Run
    peer_name: str
    note: str = ""


def measure(duel: Duel, repeats: int) -> dict[str, object]:
    """Medians of CPU seconds of interleaved runs, after one run of each that is not counted.

    The ratio is the peer's seconds over ours, with the least and the largest of two runs side by side. `at_least` says
    that the peer was stopped at its cap, so that the ratio is a lower bound.
    """
    reached = [_run(run, duel.make())[1] for run in (duel.ours, duel.peer)]
    if not reached[0]:
        raise RuntimeError(f"{duel.case}: ours did not get where it should")
    ours, peer = [], []
    for repeat in range(repeats):
        for seconds, run in [(ours, duel.ours), (peer, duel.peer)][:: -1 if repeat % 2 else 1]:
            if run is duel.ours or reached[1] or not seconds:  # to wait for a cap once more is enough
                seconds.append(_run(run, duel.make())[0])
    beside = [theirs / own for own, theirs in zip(ours, peer * repeats, strict=False)]
    return {
        "case": duel.case,
        "seconds": median(ours),
        "peer": duel.peer_name,
        "ratio": median(peer) / median(ours),
        "ratio_least": min(beside),
        "ratio_most": max(beside),
        "at_least": not reached[1],
        "note": duel.note,
    }


def _run(run: Run, given: Any) -> tuple[float, bool]:
    """Seconds, and whether the run got where it should."""
    start = time.process_time()
    try:
        run(given)
    except NotReachedError:
        return time.process_time() - start, False
    return time.process_time() - start, True
