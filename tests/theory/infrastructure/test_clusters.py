"""Dask clusters on which a sweep cannot run."""

import pytest
from distributed import LocalCluster

from pairbounds.infrastructure.clusters import cluster_pool

# Threads start faster than processes, and talk over sockets too.
LOCAL = {"processes": False, "protocol": "tcp://", "dashboard_address": ":0", "silence_logs": "CRITICAL"}


@pytest.mark.parametrize(
    ("workers", "message"),
    [
        ({"n_workers": 0}, "has no workers: start some"),
        ({"n_workers": 1, "threads_per_worker": 2}, "several threads, .* --nthreads 1"),
    ],
)
def test_missing_workers_and_workers_with_several_threads_raise(workers, message):
    with LocalCluster(**workers, **LOCAL) as cluster:
        pool = cluster_pool(cluster.scheduler_address)
        with pytest.raises(ValueError, match=message), pool:
            pass
