"""Check of memory at the start: compiled code that finds none may wait for it for ever, and print nothing."""

import resource
from functools import cache
from pathlib import Path

MIB = 2**20
LOADING = 1536 * MIB  # of address space, for the program itself: torch, numpy and scipy take most of it
ROOM = 512 * MIB  # beyond it, for the buffers of linear algebra and a small piece of work
STATM = Path("/proc/self/statm")  # of Linux; elsewhere it is not known what is taken
BUFFERS = 128  # the side of a matrix that linear algebra does not do without them


def require_room_to_load() -> None:
    """Raise `MemoryError` where `ulimit -v` allows less than loading the program takes."""
    limit = _limit()
    if limit is not None and limit < LOADING:
        raise MemoryError(f"`ulimit -v` allows {limit // MIB} MiB: allow {(LOADING + ROOM) // MIB} MiB or more")


@cache
def require_room() -> None:
    """Have room for work in the address space that `ulimit -v` allows, once the modules are loaded.

    OpenBLAS looks for its buffers until it finds them. It takes them here, while there is room, and keeps them.

    Raises
    ------
    MemoryError
        There are less than `ROOM` bytes left.
    """
    limit = _limit()
    if limit is None or not STATM.is_file():
        return
    import numpy as np  # what is checked before they are loaded imports this module, too
    import scipy.linalg

    taken = int(STATM.read_text().split()[0]) * resource.getpagesize()
    if limit - taken < ROOM:
        raise MemoryError(
            f"`ulimit -v` allows {limit // MIB} MiB, of which the program itself takes {taken // MIB}: allow "
            f"{(taken + ROOM) // MIB + 1} MiB or more"
        )
    np.linalg.svd(np.eye(BUFFERS))
    scipy.linalg.svd(np.eye(BUFFERS))


def _limit() -> int | None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit
