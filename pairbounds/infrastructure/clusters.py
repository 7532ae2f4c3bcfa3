"""A pool of workers of a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager

import joblib

from pairbounds.infrastructure.users_code import cure

CONNECTING = 10  # seconds: timeout of the connection


@contextmanager
def cluster_pool(address: str) -> Iterator[joblib.Parallel]:
    """A joblib pool of the workers of a cluster, with results as they finish.

    `ValueError`: Dask is not installed, or the cluster has no workers, or some with several threads. `OSError`: the
    scheduler does not answer. `RuntimeError`: the scheduler was lost, or all workers that ran one of the tasks.

    `address`: that of the scheduler, such as `tcp://192.168.0.7:8786`.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.utils import silence_logging_cmgr
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None
    silence = silence_logging_cmgr("CRITICAL")  # Dask logs tracebacks
    with silence, Client(address, timeout=CONNECTING) as client:  # type: ignore[no-untyped-call]  # has no types
        threads = client.nthreads().values()
        if not threads:
            raise ValueError(f"Dask cluster {address} has no workers: start some with `dask worker {address}`")
        if max(threads) > 1:
            raise ValueError(
                f"Dask cluster {address} has workers with several threads, which slow each other down: start them with "
                "--nthreads 1"
            )
        with joblib.parallel_config("dask", client=client):
            pool = joblib.Parallel(return_as="generator_unordered", batch_size=1)
        try:
            yield pool
        except (CancelledError, KilledWorker) as error:
            raise RuntimeError(f"Dask cluster {address}: {error}") from error
