"""Ours and its peers on the same input, and how their runs are timed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

Run = Callable[[Any], object]
SPENT = Path(__file__).with_name("spent.py")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


@dataclass(frozen=True)
class Size:
    """Nodes on each side of a graph, and the width of the embedding."""

    n_left: int
    n_right: int
    k: int


SIZES = {
    "XS": Size(300, 150, 8),  # for a first run, which is not counted, and for the test of the runner
    "S": Size(2_000, 1_000, 16),
    "M": Size(20_000, 10_000, 64),
    "L": Size(200_000, 50_000, 64),
    "Q": Size(100_000, 30_000, 32),  # for questions: a million pairs
}


class NotReachedError(Exception):
    """A run was stopped before it got where it should: its time is a lower bound."""


@dataclass(frozen=True)
class Spent:
    """CPU seconds of a run, and the most MiB of a process of its own."""

    seconds: float
    memory: float | None = None


@dataclass(frozen=True)
class Duel:
    """Ours and its peers on the same input.

    Attributes
    ----------
    case : what the input is
    make : an input for each run, untimed; fresh, since a graph remembers what was computed on it
    ours : called with an input; what it returns counts where that is `Spent`
    peers : by their names, with their settings; `NotReachedError` says that a run was stopped at a cap of its own
    note : what a reader of the ratio must know
    """

    case: str
    make: Callable[[], Any]
    ours: Run
    peers: Mapping[str, Run]
    note: str = ""


def measure(duel: Duel, repeats: int) -> Iterator[dict[str, object]]:
    """Yield, for each peer, medians of CPU seconds of interleaved runs.

    The ratio is the peer's seconds over ours, with the least and the largest of two runs of one round. `at_least` says
    that the peer was stopped at its cap, so that the ratio is a lower bound. `memory` and `peer_memory`, in MiB, are
    None unless runs are processes of their own.
    """
    ours: list[Spent] = []
    theirs: dict[str, list[Spent]] = {name: [] for name in duel.peers}
    stopped = set()
    for repeat in range(repeats):
        for name, run in [("", duel.ours), *duel.peers.items()][:: -1 if repeat % 2 else 1]:
            if name in stopped:  # to wait for a cap once more is enough
                continue
            spent, reached = _run(run, duel.make)
            (theirs[name] if name else ours).append(spent)
            if not (reached or name):
                raise RuntimeError(f"{duel.case}: ours did not get where it should")
            if not reached:
                stopped.add(name)
    for name, peer in theirs.items():
        own, other = ([spent.seconds for spent in side] for side in (ours, peer))
        beside = [theirs / own for own, theirs in zip(own, other * repeats, strict=False)]
        yield {
            "case": duel.case,
            "seconds": median(own),
            "memory": _memory(ours),
            "peer": name,
            "peer_memory": _memory(peer),
            "ratio": median(other) / median(own),
            "ratio_least": min(beside),
            "ratio_most": max(beside),
            "at_least": name in stopped,
            "note": duel.note,
        }


def _memory(runs: Sequence[Spent]) -> float | None:
    measured = [spent.memory for spent in runs if spent.memory is not None]
    return median(measured) if measured else None


def process(*arguments: object) -> Spent:
    """Run Python with these arguments, as a process of its own on one thread; `CalledProcessError` where it fails."""
    command: Sequence[str] = [sys.executable, str(SPENT), sys.executable, *map(str, arguments)]
    told = subprocess.run(command, env=os.environ | ONE_THREAD, check=True, capture_output=True, text=True)
    return Spent(**json.loads(told.stdout.splitlines()[-1]))


def _run(run: Run, make: Callable[[], Any]) -> tuple[Spent, bool]:
    """Seconds and memory of a run, and whether it got where it should."""
    given, reached, told = make(), True, None
    start = time.process_time()
    try:
        told = run(given)
    except NotReachedError:
        reached = False
    return told if isinstance(told, Spent) else Spent(time.process_time() - start), reached
