"""A Dask cluster that loses a worker or its scheduler: the loss is named, and nothing is waited for without a limit."""

import threading

import dask
import pytest
from distributed import LocalCluster

from pairbounds.infrastructure import clusters
from pairbounds.infrastructure.clusters import connected
from tests.limits import PATIENCE

# Threads start in no time, and talk over sockets all the same.
LOCAL = {"processes": False, "protocol": "tcp://", "dashboard_address": ":0", "silence_logs": "CRITICAL"}
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of distributed's sockets
BEGUN, OVER = threading.Event(), threading.Event()


@pytest.fixture
def workers(monkeypatch):
    for limit in ("NOTICING", "LOOKING"):
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


@pytest.mark.parametrize("lost", ["worker", "scheduler"])
def test_a_lost_worker_or_scheduler_raises(workers, lost):
    address = workers.workers[0].address
    with connected(workers.scheduler_address) as cluster:
        futures = cluster.map(work, range(2), pure=False)
        assert BEGUN.wait(PATIENCE)
        if lost == "worker":  # the scheduler gives it up so when the connection breaks
            workers.sync(workers.scheduler.remove_worker, address, stimulus_id="lost")
            message = f"lost the worker {address}: .* which Dask notices after 5 to 10 minutes"
        else:
            workers.sync(workers.scheduler.close)
            message = "does not answer: restart the cluster"
        with pytest.raises(RuntimeError, match=message):
            cluster.gather(futures)


@pytest.mark.parametrize("answers", [True, False])
def test_a_slow_scheduler_is_awaited_and_a_silent_one_raises(workers, monkeypatch, answers):
    free = threading.Event()
    with connected(workers.scheduler_address) as cluster:
        workers.loop.add_callback(free.wait, PATIENCE)
        if answers:
            threading.Timer(5 * clusters.LOOKING, free.set).start()
            assert cluster.gather(cluster.map(abs, [-1, -2], pure=False)) == [1, 2]
        else:
            monkeypatch.setattr(clusters, "ANSWERING", 0.2)
            with pytest.raises(RuntimeError, match="does not answer: restart the cluster"):
                cluster.gather(cluster.map(abs, [-1, -2], pure=False))
        free.set()
