"""Threads of the numerical libraries (one, unless the user asks for more), and pools of worker processes.

Threads of OpenBLAS, MKL and OpenMP wait for one another. If another process uses one of the cores, each small step (an
eigendecomposition of 100 x 100, a triangular solve) waits for the delayed thread, and takes hundreds of times as long.
Therefore commands use one thread, unless `OMP_NUM_THREADS` is set. Results with other numbers of threads differ by the
order of sums: singular values by less than 1e-10.
"""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pairbounds.infrastructure.progress import QUIET
from pairbounds.infrastructure.users_code import cure

if TYPE_CHECKING:
    import joblib

VARIABLE = "OMP_NUM_THREADS"  # also read by OpenBLAS, MKL and torch
CONNECTING = 10  # seconds: timeout of the connection to a cluster
PARENT_CHECK_SECONDS = 0.5  # between two checks that the parent is there

Item = TypeVar("Item")
Result = TypeVar("Result")

_nobody_asked = False  # True if this module set `VARIABLE`, not the user


def asked_threads() -> int | None:
    """Number of threads in the environment variable, or `None`."""
    requested = os.environ.get(VARIABLE, "").partition(",")[0].strip()  # it may list one number per nesting level
    return int(requested) if not _nobody_asked and requested.isdecimal() and int(requested) > 0 else None


def ask_libraries() -> None:
    """Set the threads of libraries loaded later, here and in child processes: one, unless the user asks for more."""
    global _nobody_asked
    requested = asked_threads()
    _nobody_asked = requested is None
    os.environ[VARIABLE] = str(requested or 1)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@contextmanager
def limited_threads(count: int | None = None) -> Iterator[None]:
    """Limit the threads of loaded libraries; by default to the user's number, or one."""
    from threadpoolctl import threadpool_limits

    count, torch = count or asked_threads() or 1, sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    with threadpool_limits(limits=count):
        if torch:
            torch.set_num_threads(count)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


# Worker processes that exit with their parent.


@contextmanager
def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Iterator[Result]]:
    """Results of `work` on each item, in order; unfinished work stops at the end of the block.

    `jobs`: number of joblib processes; -1 for one on each core; 1 for this process itself.
    """
    import joblib

    results: Any = worker_pool(jobs, ordered=True)(joblib.delayed(work)(item) for item in items)
    with closing(results):
        yield results


def worker_pool(jobs: int, *, ordered: bool = False) -> "joblib.Parallel":
    """A joblib pool of processes that exit with this one, with results in order or as they finish."""
    import joblib

    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")  # about workers that exited
    kind = "generator" if ordered else "generator_unordered"
    begin: dict[str, Any] = {} if jobs == 1 else {"initializer": _begin_worker}
    # Larger batches would delay results until the whole batch is done.
    return joblib.Parallel(n_jobs=jobs, backend="loky", batch_size=1, return_as=kind, **begin)


def _begin_worker() -> None:
    """Ignore Ctrl-C, hide progress (the parent handles both), and exit when the parent exits."""
    os.environ[QUIET] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, args=(os.getppid(),), daemon=True).start()


def _exit_with_parent(parent: int) -> None:
    """Exit when this process has another parent. joblib does not tell its workers of the end of their parent."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(1)


# Workers of a Dask cluster.


@contextmanager
def cluster_pool(address: str) -> Iterator["joblib.Parallel"]:
    """A joblib pool of the workers of the cluster whose scheduler has this address, with results as they finish.

    `ValueError`: Dask is not installed, or the cluster has no workers, or some with several threads. `OSError`: the
    scheduler does not answer. `RuntimeError`: the scheduler was lost, or all workers that ran one of the tasks.
    """
    import joblib

    try:
        from distributed import Client, KilledWorker
        from distributed.utils import silence_logging_cmgr
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None
    silence = silence_logging_cmgr("CRITICAL")  # Dask logs tracebacks
    with silence, Client(address, timeout=CONNECTING) as client:  # type: ignore[no-untyped-call]  # has no types
        threads = client.nthreads().values()
        if set(threads) != {1}:
            raise ValueError(
                f"Dask cluster {address} needs workers, each with one thread (more slow each other down): start them "
                f"with `dask worker {address} --nthreads 1`"
            )
        with joblib.parallel_config("dask", client=client):
            pool = joblib.Parallel(return_as="generator_unordered", batch_size=1)
        try:
            yield pool
        except (CancelledError, KilledWorker) as error:
            raise RuntimeError(f"Dask cluster {address}: {error}") from error
