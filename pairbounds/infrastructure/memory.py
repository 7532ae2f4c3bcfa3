"""Check of memory at the start: compiled code that finds none may wait for it for ever, and print nothing."""

import resource

MIB = 2**20
ENOUGH = 2048 * MIB  # of address space: torch, numpy and scipy take most of it, buffers of linear algebra the rest


def require_room() -> None:
    """Raise `MemoryError` where `ulimit -v` allows less address space than the program takes."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < ENOUGH:
        raise MemoryError(f"`ulimit -v` allows {limit // MIB} MiB: allow {ENOUGH // MIB} MiB or more")
