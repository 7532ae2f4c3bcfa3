"""A Dask cluster that loses workers: who was lost is named, and nothing is waited for without a limit."""

import threading

import dask
import pytest
from distributed import LocalCluster, as_completed

from pairbounds.infrastructure import clusters
from pairbounds.infrastructure.clusters import connected
from tests.limits import PATIENCE

# Threads start in no time, and talk over sockets all the same.
LOCAL = {"processes": False, "protocol": "tcp://", "dashboard_address": ":0", "silence_logs": "CRITICAL"}
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of distributed's sockets


@pytest.fixture
def workers(monkeypatch):
    for limit in ("ALONE", "NOTICING", "LOOKING"):
        monkeypatch.setattr(clusters, limit, 0.2)
    with LocalCluster(n_workers=2, threads_per_worker=1, **LOCAL) as workers:
        yield workers
        with dask.config.set({"distributed.comm.timeouts.connect": "2s"}):  # nobody has to be there any more
            workers.close()


BEGUN, OVER = threading.Event(), threading.Event()


def work(value: int) -> int:
    """Goes on until the end of the test."""
    BEGUN.set()
    OVER.wait(PATIENCE)
    return value


@pytest.fixture
def begun():
    BEGUN.clear(), OVER.clear()
    yield BEGUN
    OVER.set()


def lose(workers, number: int) -> str:
    """The address of a worker that its scheduler has given up, as it does when the connection breaks."""
    address = workers.workers[number].address
    workers.sync(workers.scheduler.remove_worker, address, stimulus_id="lost")
    return address


def test_what_needs_all_workers_ends_when_one_is_lost_and_names_it(workers, begun):
    with connected(workers.scheduler_address, all_needed=True) as cluster:
        futures = cluster.map(work, range(2), pure=False)
        assert begun.wait(PATIENCE)
        address = lose(workers, 0)
        with pytest.raises(RuntimeError, match=f"lost the worker {address}"):
            cluster.gather(futures)


def test_what_needs_none_in_particular_is_done_by_the_rest(workers, begun):
    with connected(workers.scheduler_address, all_needed=False) as cluster:
        lose(workers, 0)
        futures = cluster.map(work, range(3), pure=False)
        threading.Timer(5 * clusters.LOOKING, OVER.set).start()  # the loss is seen before
        done = as_completed(futures, with_results=True)
        assert sorted(result for _, result in cluster.each(lambda: done)) == [0, 1, 2]


def test_it_ends_when_no_worker_is_left(workers, begun):
    with connected(workers.scheduler_address, all_needed=False) as cluster:
        futures = cluster.map(work, range(1), pure=False)
        assert begun.wait(PATIENCE)
        addresses = {lose(workers, number) for number in (0, 1)}
        results = cluster.each(lambda: as_completed(futures))
        with pytest.raises(RuntimeError, match="lost the worker") as lost:
            next(results)
    assert any(address in str(lost.value) for address in addresses)


@pytest.fixture
def busy(workers):
    """A scheduler that answers nobody until it is told to."""
    free = threading.Event()
    yield lambda: workers.loop.add_callback(free.wait, PATIENCE), free
    free.set()


def test_a_scheduler_that_never_answers_is_lost(workers, busy, monkeypatch):
    with connected(workers.scheduler_address, all_needed=True) as cluster:
        hold, free = busy
        hold()
        threading.Timer(5 * clusters.LOOKING, free.set).start()  # one that is slow is not lost
        assert cluster.gather(cluster.map(abs, [-1, -2], pure=False)) == [1, 2]
        free.clear()
        monkeypatch.setattr(clusters, "ANSWERING", 0.2)
        hold()
        with pytest.raises(RuntimeError, match="was lost: it does not answer"):
            cluster.gather(cluster.map(abs, [-1, -2], pure=False))
        free.set()


def test_it_ends_when_the_scheduler_is_lost(workers, begun):
    with connected(workers.scheduler_address, all_needed=True) as cluster:
        futures = cluster.map(work, range(1), pure=False)
        assert begun.wait(PATIENCE)
        workers.sync(workers.scheduler.close)
        with pytest.raises(RuntimeError, match="was lost: it does not answer"):
            cluster.gather(futures)
