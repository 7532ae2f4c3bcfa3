"""What a process may be denied."""

import resource
from contextlib import contextmanager


@contextmanager
def largest_file(size):
    """Files of more bytes than that cannot be written in this block, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
