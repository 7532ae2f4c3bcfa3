"""Dask clusters on which a sweep cannot run, or cannot go on."""

import threading

import dask
import joblib
import pytest
from distributed import LocalCluster

from pairbounds.infrastructure.workers import cluster_pool
from tests.limits import PATIENCE

# Threads start faster than processes, and talk over sockets too.
LOCAL = {"processes": False, "protocol": "tcp://", "dashboard_address": ":0", "silence_logs": "CRITICAL"}
OVER = threading.Event()


@pytest.mark.parametrize("workers", [{"n_workers": 0}, {"n_workers": 1, "threads_per_worker": 2}])
def test_missing_workers_and_workers_with_several_threads_raise(workers):
    with LocalCluster(**workers, **LOCAL) as cluster:
        pool = cluster_pool(cluster.scheduler_address)
        with pytest.raises(ValueError, match=r"needs workers, each with one thread .* --nthreads 1"), pool:
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of distributed's sockets
def test_a_lost_scheduler_raises():
    workers = {"n_workers": 2, "threads_per_worker": 1}  # with one, joblib works in this process
    timeout = {"distributed.comm.timeouts.connect": "2s"}  # at its end, the cluster waits for the lost scheduler
    with dask.config.set(timeout), LocalCluster(**workers, **LOCAL) as cluster:
        lost = pytest.raises(RuntimeError, match="Client lost the connection to the scheduler")
        with lost, cluster_pool(cluster.scheduler_address) as pool:
            results = pool(joblib.delayed(wait)(seconds) for seconds in (0, PATIENCE))
            next(results)
            cluster.sync(cluster.scheduler.close)
            next(results)
        OVER.set()


def wait(seconds: float) -> None:
    """Wait for the end of the test, at most so many seconds."""
    OVER.wait(seconds)
