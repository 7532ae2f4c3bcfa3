"""Number of threads of the numerical libraries: one, unless the user asks for more.

Threads of OpenBLAS, MKL and OpenMP wait for one another. If another process uses one of the cores, each small step (an
eigendecomposition of 100 x 100, a triangular solve) waits for the delayed thread, and takes hundreds of times as long.
Therefore commands use one thread, unless `OMP_NUM_THREADS` is set. Results with other numbers of threads differ by the
order of sums: singular values by less than 1e-10.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "OMP_NUM_THREADS"  # also read by OpenBLAS, MKL and torch

_nobody_asked = False  # True if this module set `VARIABLE`, not the user


def asked_threads() -> int | None:
    """Number of threads in the environment variable, or `None`."""
    requested = os.environ.get(VARIABLE, "").partition(",")[0].strip()  # it may list one number per nesting level
    return int(requested) if not _nobody_asked and requested.isdecimal() and int(requested) > 0 else None


def ask_libraries() -> None:
    """Set the threads of libraries loaded later, here and in child processes: one, unless the user asks for more."""
    global _nobody_asked
    requested = asked_threads()
    _nobody_asked = requested is None
    os.environ[VARIABLE] = str(requested or 1)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@contextmanager
def limited_threads(count: int | None = None) -> Iterator[None]:
    """Limit the threads of loaded libraries; by default to the user's number, or one."""
    from threadpoolctl import threadpool_limits

    count, torch = count or asked_threads() or 1, sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    with threadpool_limits(limits=count):
        if torch:
            torch.set_num_threads(count)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)
