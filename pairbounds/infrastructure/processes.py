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

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOKING = 0.5  # seconds between looks at whether the parent is there
TIDYING = "ignore::UserWarning:joblib.externals.loky.backend.resource_tracker"


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
        yield results
    finally:
        results.close()


@cache
def serve(parent: int) -> None:
    """Be a child of `parent` that ends as soon as that has ended: what a killed command began does not go on."""
    threading.Thread(target=_look_after, args=(parent,), daemon=True).start()


def serve_loader(_: int) -> None:
    """`serve` the process that started this one, as the initialiser of a torch `DataLoader`'s workers."""
    serve(os.getppid())


def _served(parent: int, work: Callable[[Item], Result], item: Item) -> Result:
    if os.getpid() != parent:
        serve(parent)
    return work(item)


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
