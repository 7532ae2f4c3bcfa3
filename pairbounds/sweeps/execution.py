"""Execution of many measurements at once: on the cores of this machine, or on a Dask cluster."""

import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from threadpoolctl import threadpool_limits

from pairbounds.infrastructure.clusters import connected, require_dask
from pairbounds.infrastructure.foreign import ForeignCodeError, ForeignResultError
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.plugins import LOADED

Item = TypeVar("Item")
Result = TypeVar("Result")


class CellError(Exception):
    """Failure of a cell, in words, because not every exception survives the way back from a worker.

    Attributes
    ----------
    error : the last line of the traceback: the type of the exception and its message
    where : the file and line that raised it
    transient : whether it was for want of memory or of a file, and may not come again
    """

    def __init__(self, error: str, where: str, transient: bool = False) -> None:
        super().__init__(error, where, transient)
        self.error, self.where, self.transient = error, where, transient

    @classmethod
    def of(cls, error: Exception) -> "CellError":
        """Cell error of an exception: its last line, its place, and whether it is transient."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename in {plugin.path for plugin in LOADED}]  # a user looks there
        last = (own or frames)[-1:]
        where = f"{Path(last[0].filename).name}, line {last[0].lineno}" if last else "a worker process"
        said = "".join(traceback.format_exception_only(error)).strip()
        if isinstance(error, ForeignCodeError):
            said, where = str(error), f"{Path(error.file).name}, line {error.line}"
        return cls(said, where, transient=isinstance(error, MemoryError | OSError))


Outcomes: TypeAlias = Generator[tuple[Item, Result | CellError], None, None]


@dataclass(frozen=True)
class Cores:
    """Processes on this machine, by joblib; with one job, this process itself.

    An item that kills its process has failed; those that were under way beside it are done again.

    Attributes
    ----------
    jobs : how many, or -1 for one on each core
    """

    jobs: int = 1

    def __post_init__(self) -> None:
        if self.jobs == 0:
            raise ValueError("jobs=0: give how many worker processes there are, or -1 for one on each core")

    def run(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Outcomes[Item, Result]:
        """Each item with what `work` made of it, or with its failure, in the order in which they finish.

        `work` and the items are pickled; `work` runs with one thread. A `ForeignResultError` ends all of it. The items
        are hashable, and no two of them are equal.
        """
        coming, under_way = iter(items), set[Item]()

        def begun() -> Iterator[Item]:
            for item in coming:
                under_way.add(item)
                yield item

        while True:
            try:
                with side_by_side(partial(_attempt, work), begun(), self.jobs, ordered=False) as outcomes:
                    for item, outcome in outcomes:
                        under_way.remove(item)
                        yield item, outcome
                return
            except BrokenProcessPool:
                yield from (_alone(work, item) for item in under_way)
                under_way.clear()


@dataclass(frozen=True)
class DaskCluster:
    """The workers of a Dask cluster, which have this package installed but need no disk in common.

    What a worker was at that is killed or stands still, or had not handed over yet, is done again by another (see
    `pairbounds.infrastructure.clusters`); an item that takes as many workers as the scheduler allows has failed.

    Attributes
    ----------
    address : of the scheduler, as in `tcp://192.168.0.7:8786`
    """

    address: str

    def __post_init__(self) -> None:
        require_dask()

    def run(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Outcomes[Item, Result]:
        """See `Cores`; a `RuntimeError` if the cluster is lost or cannot run `work` at all."""
        with connected(self.address, all_needed=False) as cluster:
            from distributed import KilledWorker, as_completed

            if any(threads > 1 for threads in cluster.nthreads().values()):
                raise ValueError(
                    f"Dask cluster {self.address} has workers of several threads, which disturb one another: "
                    "start them with --nthreads 1"
                )
            futures = cluster.map(partial(_attempt, work), items, pure=False)
            waiting = dict(zip(futures, items, strict=True))
            del futures  # a result is kept on the cluster for as long as its future is kept here
            done = as_completed(list(waiting), with_results=True, raise_errors=False)  # type: ignore[no-untyped-call]
            while waiting:
                future, outcome = cluster.watched(lambda: next(done))
                item = waiting.pop(future)
                if future.status == "finished":
                    yield outcome
                    continue
                error = outcome[1] if future.status == "error" else outcome
                if isinstance(error, ForeignResultError):
                    raise error
                if not isinstance(error, KilledWorker):
                    raise cluster.failure(error)
                yield item, CellError.of(error)


Workers: TypeAlias = Cores | DaskCluster


def as_workers(given: Workers | int | str | None) -> Workers:
    """Workers: as given, so many processes here, the Dask cluster at an address, or this process for `None`."""
    if isinstance(given, str):
        return DaskCluster(given)
    return Cores(1 if given is None else given) if isinstance(given, int | None) else given


def _alone(work: Callable[[Item], Result], item: Item) -> tuple[Item, Result | CellError]:
    """One item in a pool that it shares with no other, to see whether it was the one that killed its process."""
    try:
        with side_by_side(partial(_attempt, work), [item], 2) as outcomes:
            return next(outcomes)
    except BrokenProcessPool as error:
        return item, CellError.of(error.with_traceback(None))  # not where joblib noticed it


def _attempt(work: Callable[[Item], Result], item: Item) -> tuple[Item, Result | CellError]:
    try:
        # Workers would otherwise fight for the cores, and sums depend on the number of threads.
        with threadpool_limits(limits=1):
            return item, work(item)
    except ForeignResultError:
        raise
    except Exception as error:
        return item, CellError.of(error)
