"""Connection to a Dask cluster. If a worker that holds a part of the data is lost, an error names it.

Dask notices a broken connection at once, and a stopped worker after 5 to 10 minutes (1-2 times its `worker-ttl`).
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from pairbounds.infrastructure.extras import cure

Result = TypeVar("Result")

CONNECTING = 10  # seconds: timeout of the first connection
ANSWERING = 300  # seconds: later timeout of the scheduler, which may be busy; broken connections fail at once
NOTICING = 10  # seconds: time for the scheduler to notice a lost worker after a failed connection to it
CLOSING = 5  # seconds: timeout
LOOKING = 1  # seconds between checks of the workers


@contextmanager
def connected(address: str) -> Iterator["Cluster"]:
    """Connect to a cluster by the address of its scheduler, such as `tcp://192.168.0.7:8786`.

    `ValueError`: Dask is not installed, or the cluster has no workers. `OSError`: the scheduler does not answer.
    `RuntimeError`: a worker or the scheduler was lost during the work.
    """
    try:
        import distributed
        from distributed.utils import silence_logging_cmgr
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None
    with silence_logging_cmgr("CRITICAL"):  # Dask logs a traceback; we raise an error
        client = distributed.Client(address, timeout=CONNECTING)  # type: ignore[no-untyped-call]  # has no types
        try:
            yield Cluster(client, address)
        finally:
            wait([_in_thread(client.close)], CLOSING)


class Cluster:
    """Client of a cluster that checks the workers while it waits."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self._address = client, address
        self._workers = set(self.nthreads())
        self.submit, self.map = client.submit, client.map  # these two do not wait
        if not self._workers:
            raise ValueError(f"Dask cluster {address} has no workers: start some with `dask worker {address}`")

    def nthreads(self) -> dict[str, int]:
        """Number of threads of each worker, by address."""
        if self.client.status == "running":  # else Dask has cancelled all work
            # `scheduler_info` may be between two updates, and list no workers.
            answer = _in_thread(lambda: self.client.sync(self.client.scheduler.identity))
            if wait([answer], ANSWERING).done and answer.exception() is None:
                return {address: worker["nthreads"] for address, worker in answer.result()["workers"].items()}
        raise RuntimeError(f"the scheduler of Dask cluster {self._address} does not answer: restart the cluster")

    def gather(self, futures: Sequence[Any]) -> Any:
        """Results of the futures."""
        return self._watched(lambda: self.client.gather(futures))

    def scatter(self, data: object, **options: bool) -> Any:
        """Futures of the data, sent to the workers."""
        return self._watched(lambda: self.client.scatter(data, **options))

    def _watched(self, operation: Callable[[], Result]) -> Result:
        """Result of a blocking operation. If it fails because of a lost worker, the error names that worker."""
        done = _in_thread(operation)
        while not wait([done], LOOKING).done:
            self._require_workers()
        error = done.exception()
        if error is None:
            return done.result()
        if not _of_the_cluster(error):
            raise error
        until = time.monotonic() + NOTICING
        while time.monotonic() < until:
            self._require_workers()
            time.sleep(LOOKING)
        raise RuntimeError(f"Dask cluster {self._address}: {type(error).__name__}: {error}") from error

    def _require_workers(self) -> None:
        """Raise `RuntimeError` if a worker is lost."""
        lost = self._workers - set(self.nthreads())
        if lost:
            raise RuntimeError(
                f"Dask cluster {self._address} lost the worker {', '.join(sorted(lost))}: it ended, its connection "
                "broke, or it was stopped, which Dask notices after 5 to 10 minutes (its worker-ttl). "
                "Run the command again, with the remaining workers, or with more or larger ones"
            )


def _in_thread(operation: Callable[[], Result]) -> "Future[Result]":
    """Run an operation in a daemon thread, and return its future."""
    done: Future[Result] = Future()

    def work() -> None:
        try:
            done.set_result(operation())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return done


def _of_the_cluster(error: BaseException) -> bool:
    """Test whether an error comes from the cluster, and not from the work on it."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    return isinstance(error, CommClosedError | KilledWorker | TimeoutError) or "Cancelled" in type(error).__name__
