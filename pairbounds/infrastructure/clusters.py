"""A Dask cluster whose workers may be killed: no wait is without a limit, and who was lost is named.

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
ALONE = 30  # seconds in which a cluster that has lost all its workers may get others
CLOSING = 5  # seconds
LOOKING = 1  # seconds between looks at the workers


@contextmanager
def connected(address: str, *, all_needed: bool) -> Iterator["Cluster"]:
    """A cluster by the address of its scheduler, as in `tcp://192.168.0.7:8786`.

    Parameters
    ----------
    all_needed : whether each of its workers holds something that no other has: to lose one is an error then

    Raises
    ------
    ValueError
        Dask is not installed.
    OSError
        Nobody answers.
    RuntimeError
        The cluster has no workers, or workers that are needed were lost on the way.
    """
    require_dask()
    import distributed
    from distributed.utils import silence_logging_cmgr

    with silence_logging_cmgr("CRITICAL"):  # what Dask logs of a loss is a traceback, and the loss is raised here
        client = distributed.Client(address, timeout=CONNECTING)  # type: ignore[no-untyped-call]  # has no types
        try:
            yield Cluster(client, address, all_needed)
        finally:
            wait([_begun(client.close)], CLOSING)


def require_dask() -> None:
    """Raise a `ValueError` if Dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None


class Cluster:
    """Client of a cluster, each of its waits watched."""

    def __init__(self, client: Any, address: str, all_needed: bool) -> None:
        self._client, self._address, self._all_needed = client, address, all_needed
        self._known = set(self.nthreads())
        self._empty_since: float | None = None
        self.submit, self.map = client.submit, client.map  # they do not wait
        if not self._known:
            raise ValueError(f"Dask cluster {address} has no workers: start some with `dask worker {address}`")

    def nthreads(self) -> dict[str, int]:
        """The threads of each worker, by address."""
        if self._client.status == "running":  # Dask gives up all work when the connection breaks
            # `scheduler_info` may show an update between, which names no workers.
            answer = _begun(lambda: self._client.sync(self._client.scheduler.identity))
            if wait([answer], ANSWERING).done and answer.exception() is None:
                return {address: worker["nthreads"] for address, worker in answer.result()["workers"].items()}
        raise RuntimeError(f"the scheduler of Dask cluster {self._address} was lost: it does not answer")

    def failure(self, error: BaseException) -> RuntimeError:
        """An error of the cluster itself, in words; raises that of a lost scheduler, if that is why."""
        self.nthreads()
        return RuntimeError(f"Dask cluster {self._address}: {type(error).__name__}: {error}")

    def gather(self, futures: Sequence[Any]) -> Any:
        """Their results."""
        return self.watched(lambda: self._client.gather(futures))

    def scatter(self, data: object, **options: bool) -> Any:
        """Data on the workers."""
        return self.watched(lambda: self._client.scatter(data, **options))

    def watched(self, operation: Callable[[], Result]) -> Result:
        """The result of what waits for the cluster; of an error that a lost worker may have caused, its name."""
        done = _begun(operation)
        while not wait([done], LOOKING).done:
            self._look()
        error = done.exception()
        if error is None:
            return done.result()
        if not _of_the_cluster(error):
            raise error
        until = time.monotonic() + NOTICING
        while self._all_needed and time.monotonic() < until:
            self._look()
            time.sleep(LOOKING)
        raise self.failure(error) from error

    def _look(self) -> None:
        """Raise the error of workers that are needed and lost, or of a cluster that is empty for too long."""
        there = {*self.nthreads()}
        lost = self._known - there
        self._empty_since = None if there else self._empty_since or time.monotonic()
        if (self._all_needed and lost) or (self._empty_since and time.monotonic() - self._empty_since > ALONE):
            raise RuntimeError(
                f"Dask cluster {self._address} lost the worker {', '.join(sorted(lost))}: it ended, its connection "
                "broke, or it was stopped, which Dask notices after 5 to 10 minutes (its worker-ttl). "
                "Give the same command again, on the workers that are left, or on more or larger ones"
            )
        self._known = there or self._known


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
