"""What a benchmark compares, and how its runs are timed."""

import math
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
    target : what the ratio should be at least; NaN where nobody said
    floor : what is known of the reason, where it is not, or where the peer is faster
    """

    case: str
    make: Callable[[], Any]
    ours: Run
    peer: Run
    peer_name: str
    note: str = ""
    target: float = math.nan
    floor: str = ""


def measure(duel: Duel, repeats: int) -> dict[str, object]:
    """Medians of interleaved runs, after one run of each that is not counted.

    Seconds are of CPU time: beside other work those of the clock tell how busy the machine is.

    Returns
    -------
    case, n (runs of ours), seconds, peer, peer_seconds, ratio (peer's over ours), ratio_least and ratio_most (of one
    run of the peer over the run of ours beside it), at_least (whether the peer was stopped at its cap, so that its time
    and the ratio are lower bounds), note, target, floor
    """
    runs = {"ours": duel.ours, "peer": duel.peer}
    first = {side: _run(run, duel.make()) for side, run in runs.items()}
    if not first["ours"][1]:
        raise RuntimeError(f"{duel.case}: ours did not get where it should")
    if not first["peer"][1]:
        del runs["peer"]  # to wait for its cap once is enough
    seconds = {side: [] if side in runs else [once] for side, (once, _) in first.items()}
    for repeat in range(repeats):
        for side in list(runs)[:: -1 if repeat % 2 else 1]:
            seconds[side].append(_run(runs[side], duel.make())[0])
    ours, peer = median(seconds["ours"]), median(seconds["peer"])
    beside = [theirs / own for own, theirs in zip(seconds["ours"], seconds["peer"] * repeats, strict=False)]
    return {
        "case": duel.case,
        "n": repeats,
        "seconds": ours,
        "peer": duel.peer_name,
        "peer_seconds": peer,
        "ratio": peer / ours,
        "ratio_least": min(beside),
        "ratio_most": max(beside),
        "at_least": "peer" not in runs,
        "note": duel.note,
        "target": duel.target,
        "floor": duel.floor,
    }


def _run(run: Run, given: Any) -> tuple[float, bool]:
    """Seconds, and whether the run got where it should."""
    start = time.process_time()
    try:
        run(given)
    except NotReachedError:
        return time.process_time() - start, False
    return time.process_time() - start, True
