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
BEGUN, OVER = threading.Event(), threading.Event()


@pytest.fixture
def workers(monkeypatch):
    for limit in ("ALONE", "NOTICING", "LOOKING"):
        monkeypatch.setattr(clusters, limit, 0.2)
    BEGUN.clear(), OVER.clear()
    with LocalCluster(n_workers=2, threads_per_worker=1, **LOCAL) as workers:
        yield workers
        OVER.set()
        with dask.config.set({"distributed.comm.timeouts.connect": "2s"}):  # nobody has to be there any more
            workers.close()


def work(value: int) -> int:
    """Goes on until the end of the test."""
    BEGUN.set()
    OVER.wait(PATIENCE)
    return value


def lose(workers, number: int) -> str:
    """The address of a worker that its scheduler has given up, as it does when the connection breaks."""
    address = workers.workers[number].address
    workers.sync(workers.scheduler.remove_worker, address, stimulus_id="lost")
    return address


def test_what_needs_none_in_particular_is_done_by_the_rest(workers):
    with connected(workers.scheduler_address, all_needed=False) as cluster:
        lose(workers, 0)
        done = as_completed(cluster.map(work, range(3), pure=False), with_results=True)
        threading.Timer(5 * clusters.LOOKING, OVER.set).start()  # the loss is seen before
        assert sorted(cluster.watched(lambda: next(done))[1] for _ in range(3)) == [0, 1, 2]


@pytest.mark.parametrize("all_needed", [True, False])
def test_it_ends_when_one_that_is_needed_is_lost_or_all_are_and_names_them(workers, all_needed):
    with connected(workers.scheduler_address, all_needed=all_needed) as cluster:
        futures = cluster.map(work, range(2), pure=False)
        assert BEGUN.wait(PATIENCE)
        addresses = [lose(workers, number) for number in range(1 if all_needed else 2)]
        with pytest.raises(RuntimeError, match="lost the worker") as lost:
            cluster.gather(futures)
    assert any(address in str(lost.value) for address in addresses)
    assert "or it was stopped, which Dask notices after 5 to 10 minutes" in str(lost.value)


def test_a_scheduler_that_is_slow_is_waited_for_and_one_that_never_answers_is_lost(workers, monkeypatch):
    free = threading.Event()
    with connected(workers.scheduler_address, all_needed=True) as cluster:
        for seconds in (clusters.ANSWERING, 0.2):
            free.clear()
            monkeypatch.setattr(clusters, "ANSWERING", seconds)
            workers.loop.add_callback(free.wait, PATIENCE)
            if seconds > 1:
                threading.Timer(5 * clusters.LOOKING, free.set).start()
                assert cluster.gather(cluster.map(abs, [-1, -2], pure=False)) == [1, 2]
            else:
                with pytest.raises(RuntimeError, match="was lost: it does not answer"):
                    cluster.gather(cluster.map(abs, [-1, -2], pure=False))
        free.set()


def test_it_ends_when_the_scheduler_is_lost(workers):
    with connected(workers.scheduler_address, all_needed=True) as cluster:
        futures = cluster.map(work, range(1), pure=False)
        assert BEGUN.wait(PATIENCE)
        workers.sync(workers.scheduler.close)
        with pytest.raises(RuntimeError, match="was lost: it does not answer"):
            cluster.gather(futures)
