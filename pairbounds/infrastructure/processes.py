"""Parallel work in worker processes that exit with their parent."""

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

POLL_SECONDS = 0.5  # between checks that the parent is alive


@contextmanager
def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Iterator[Result]]:
    """Results of `work` on each item, in order; unfinished work stops at the end of the block.

    `jobs`: number of joblib processes; -1 for one on each core; 1 for this process itself.
    """
    results: Any = worker_pool(jobs, ordered=True)(joblib.delayed(work)(item) for item in items)
    try:
        yield results
    finally:
        results.close()


def worker_pool(jobs: int, *, ordered: bool) -> joblib.Parallel:
    """A joblib pool of processes that exit with this one, with results in order or as they finish."""
    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")  # about workers that exited
    kind = "generator" if ordered else "generator_unordered"
    begin: dict[str, Any] = {} if jobs == 1 else {"initializer": _begin_worker, "initargs": (os.getpid(),)}
    # Larger batches would delay results until the whole batch is done.
    return joblib.Parallel(n_jobs=jobs, backend="loky", batch_size=1, return_as=kind, **begin)


def _begin_worker(parent: int) -> None:
    """Ignore Ctrl-C, hide progress (the parent handles both), and exit when the parent exits."""
    os.environ[QUIET] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
