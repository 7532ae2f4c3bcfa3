"""Limits of file sizes, and of waiting times."""

import resource
from contextlib import contextmanager

PATIENCE = 600  # seconds: longer than any machine needs


@contextmanager
def largest_file(size):
    """Limit the bytes of files that this block writes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
