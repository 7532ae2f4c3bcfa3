"""A Dask cluster of which each worker holds a part of the data: a lost worker is an error that names it.

Dask notices a broken connection at once, and a stopped worker after one to two times its `worker-ttl` of 5 minutes.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from pairbounds.infrastructure.extras import cure

Result = TypeVar("Result")

CONNECTING = 10  # seconds that a cluster has to answer at first
ANSWERING = 300  # seconds that its scheduler has to answer later: it may be busy, and a broken connection shows at once
NOTICING = 10  # seconds in which the scheduler notices that a worker is gone with which somebody could not talk
CLOSING = 5  # seconds
LOOKING = 1  # seconds between looks at the workers


@contextmanager
def connected(address: str) -> Iterator["Cluster"]:
    """A cluster by the address of its scheduler, as in `tcp://192.168.0.7:8786`.

    `ValueError`: Dask is not installed, or the cluster has no workers. `OSError`: nobody answers. `RuntimeError`: a
    worker was lost on the way, or the scheduler.
    """
    try:
        import distributed
        from distributed.utils import silence_logging_cmgr
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None
    with silence_logging_cmgr("CRITICAL"):  # what Dask logs of a loss is a traceback, and the loss is raised here
        client = distributed.Client(address, timeout=CONNECTING)  # type: ignore[no-untyped-call]  # has no types
        try:
            yield Cluster(client, address)
        finally:
            wait([_begun(client.close)], CLOSING)


class Cluster:
    """Client of a cluster, each of its waits watched."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._workers = set(self.nthreads())
        self.submit, self.map = client.submit, client.map  # they do not wait
        if not self._workers:
            raise ValueError(f"Dask cluster {address} has no workers: start some with `dask worker {address}`")

    def nthreads(self) -> dict[str, int]:
        """The threads of each worker, by address."""
        if self._client.status == "running":  # Dask gives up all work when the connection breaks
            # `scheduler_info` may show an update between, which names no workers.
            answer = _begun(lambda: self._client.sync(self._client.scheduler.identity))
            if wait([answer], ANSWERING).done and answer.exception() is None:
                return {address: worker["nthreads"] for address, worker in answer.result()["workers"].items()}
        raise RuntimeError(f"the scheduler of Dask cluster {self._address} was lost: it does not answer")

    def gather(self, futures: Sequence[Any]) -> Any:
        """Their results."""
        return self._watched(lambda: self._client.gather(futures))

    def scatter(self, data: object, **options: bool) -> Any:
        """Data on the workers."""
        return self._watched(lambda: self._client.scatter(data, **options))

    def _watched(self, operation: Callable[[], Result]) -> Result:
        """The result of what waits for the cluster; an error that a lost worker may have caused names that worker."""
        done = _begun(operation)
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
        """Raise an error if a worker is lost."""
        lost = self._workers - set(self.nthreads())
        if lost:
            raise RuntimeError(
                f"Dask cluster {self._address} lost the worker {', '.join(sorted(lost))}: it ended, its connection "
                "broke, or it was stopped, which Dask notices after 5 to 10 minutes (its worker-ttl). "
                "Give the same command again, on the workers that are left, or on more or larger ones"
            )


def _begun(operation: Callable[[], Result]) -> "Future[Result]":
    """Future of an operation in a thread that nobody has to wait for."""
    done: Future[Result] = Future()

    def work() -> None:
        try:
            done.set_result(operation())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return done


def _of_the_cluster(error: BaseException) -> bool:
    """Test whether an error is the cluster's own, and not of the work that was done there."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    return isinstance(error, CommClosedError | KilledWorker | TimeoutError) or "Cancelled" in type(error).__name__
