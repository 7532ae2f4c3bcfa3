"""Work on many items at once, in worker processes that end with their parent."""

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import joblib

from pairbounds.infrastructure.progress import QUIET

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOKING = 0.5  # seconds between looks at whether the parent is there


@contextmanager
def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Iterator[Result]]:
    """Results of `work` on each item, in their order; work that is under way ends with the block.

    `jobs`: processes, by joblib; -1 for one on each core; with 1, this process itself.
    """
    results: Any = worker_pool(jobs, ordered=True)(joblib.delayed(work)(item) for item in items)
    try:
        yield results
    finally:
        results.close()


def worker_pool(jobs: int, *, ordered: bool) -> joblib.Parallel:
    """A joblib pool of processes that end with this one, whose results come in their order or as they finish."""
    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")  # of workers that have ended
    kind = "generator" if ordered else "generator_unordered"
    begin: dict[str, Any] = {} if jobs == 1 else {"initializer": _begin_worker, "initargs": (os.getpid(),)}
    # A batch would keep back what is done until all of it is.
    return joblib.Parallel(n_jobs=jobs, backend="loky", batch_size=1, return_as=kind, **begin)


def _begin_worker(parent: int) -> None:
    """Leave Ctrl-C, which a terminal sends to all processes, and progress to the parent, and exit when it exits."""
    os.environ[QUIET] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOKING)
    os._exit(1)
