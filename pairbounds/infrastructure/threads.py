"""Number of threads of the numerical libraries: one, unless somebody asks for more.

Threads of OpenBLAS, MKL and OpenMP wait for one another. Where another process holds one of the cores, each small step
(an eigendecomposition of 100 x 100, a triangular solve) waits for the thread that does not get its turn, and takes
hundreds of times as long. So `OMP_NUM_THREADS` says how many there are; without it there is one, in command lines.
Results on other numbers of threads differ by the order of sums: singular values by less than 1e-10.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "OMP_NUM_THREADS"  # of OpenBLAS, MKL and torch too

_nobody_asked = False  # and yet `VARIABLE` is set, by this module


def asked_threads() -> int | None:
    """Number of threads that the environment asks for, if it does."""
    asked = os.environ.get(VARIABLE, "").partition(",")[0].strip()  # it may have one for each level of nesting
    return int(asked) if not _nobody_asked and asked.isdecimal() and int(asked) > 0 else None


def ask_libraries() -> None:
    """Tell the libraries that are loaded from now on, here and in the processes that are begun: one, if nobody asks."""
    global _nobody_asked
    asked = asked_threads()
    _nobody_asked = asked is None
    os.environ[VARIABLE] = str(asked or 1)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@contextmanager
def limited_threads(count: int | None = None) -> Iterator[None]:
    """Limit the threads of what is loaded already to a number; by default that asked for, or one."""
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
