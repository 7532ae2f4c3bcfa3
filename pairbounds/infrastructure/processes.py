"""Work on many things side by side, in processes that end when their parent does."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar

import joblib
from tqdm import tqdm

from pairbounds.infrastructure.memory import require_room

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOKING = 0.5  # seconds between looks at whether the parent is there
TIDYING = "ignore::UserWarning:joblib.externals.loky.backend.resource_tracker"

_spent: dict[int, float] = {}  # CPU seconds of each worker, by its process


@contextmanager
def side_by_side(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int, *, ordered: bool = True
) -> Iterator[Iterator[Result]]:
    """Results of `work` on each item, in their order or as they finish; work that is under way ends with the block.

    Parameters
    ----------
    jobs : processes, by joblib; -1 for one on each core; with 1, this process itself
    """
    _hush()
    if jobs != 1:
        _start(jobs)
    kind = "generator" if ordered else "generator_unordered"
    # A batch would keep back what is done until all of it is.
    pool = joblib.Parallel(n_jobs=jobs, backend="loky", batch_size=1, return_as=kind)
    results: Any = pool(joblib.delayed(partial(_served, os.getpid(), work))(item) for item in items)
    try:
        yield _counted(results)
    finally:
        results.close()


def cpu_seconds() -> float:
    """CPU time of this process so far, and of the workers of `side_by_side` up to the last result of each."""
    return time.process_time() + sum(_spent.values())


class Stopwatch:
    """Stopwatch of some work, from now on."""

    def __init__(self) -> None:
        self.started, self.spent = time.perf_counter(), cpu_seconds()

    def took(self) -> dict[str, float]:
        """Seconds of the clock, and of all processors, up to here."""
        clock, processors = time.perf_counter() - self.started, cpu_seconds() - self.spent
        return {"seconds": round(clock, 3), "cpu_seconds": round(processors, 3)}


def _counted(results: Iterable[tuple[int, float, Result]]) -> Iterator[Result]:
    """The results alone; what their processes have spent until then is kept for `cpu_seconds`."""
    for process, spent, result in results:
        if process != os.getpid():
            _spent[process] = spent
        yield result


@cache
def serve(parent: int) -> None:
    """Be a child of `parent` that ends as soon as that has ended: what a killed command began does not go on.

    Such a process may be killed at any time: tqdm's lock of several processes would be missed on stderr then.
    """
    tqdm.set_lock(threading.RLock())
    threading.Thread(target=_look_after, args=(parent,), daemon=True).start()


def serve_loader(_: int) -> None:
    """`serve` the process that started this one, as the initialiser of a torch `DataLoader`'s workers."""
    serve(os.getppid())


def _served(parent: int, work: Callable[[Item], Result], item: Item) -> tuple[int, float, Result]:
    """The process, the CPU time that it has taken since it began, and what `work` makes of the item."""
    if os.getpid() != parent:
        serve(parent)
        require_room()
    result = work(item)
    return os.getpid(), time.process_time(), result


def _look_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOKING)
    os.kill(os.getpid(), signal.SIGKILL)


def _start(jobs: int) -> None:
    """Start joblib's processes so that they ignore SIGINT: a terminal sends it to all, and this one alone answers."""
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        begun: Any = joblib.Parallel(n_jobs=jobs, backend="loky", return_as="generator")([joblib.delayed(os.getpid)()])
    finally:
        signal.signal(signal.SIGINT, before)
    list(begun)


def _hush() -> None:
    """Keep from stderr what joblib, here and in the process that tidies up after it, has to say of ended workers."""
    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")
    if TIDYING not in sys.warnoptions:
        sys.warnoptions.append(TIDYING)
