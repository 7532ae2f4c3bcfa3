"""Limits of a process, and of the wait for one."""

import resource
from contextlib import contextmanager

PATIENCE = 600  # seconds after which what has not come never will, on any machine


@contextmanager
def largest_file(size):
    """Files of more bytes than that cannot be written in this block, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
