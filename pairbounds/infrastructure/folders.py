"""A folder that one command writes into at a time."""

import contextlib
import errno
import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from pairbounds.infrastructure.interruption import message_if_stopped
from pairbounds.infrastructure.temporaries import HOST, sweep

AS_IT_WAS = "{} is as it was"
NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}  # of some network file systems
AGAIN = "the same command goes on where it was"


@contextmanager
def locked_folder(
    folder: Path, name: str = "", *, kept: str = AS_IT_WAS, caches: tuple[Path, ...] = ()
) -> Iterator[None]:
    """Keep a folder, made if need be, for this process alone; what killed processes left there is swept.

    The lock ends with the process, however that ends.

    Parameters
    ----------
    name : of what is written, in a folder that commands share which write different things; by default all of it
    kept : what is there, {} the folder, if a signal ends the block
    caches : further folders to sweep, which processes share

    Raises
    ------
    RuntimeError
        Another process holds it: who, and since when.
    OSError
        The folder cannot be made, or nothing be written in it.
    """
    lock = FileLock(folder / f".{name or 'folder'}.lock", fallback_to_soft=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _acquire(lock)
    except OSError as error:
        raise OSError(f"nothing can be written into {folder}: {error.strerror or error}") from error
    try:
        with message_if_stopped(kept.format(folder), f"{folder} is complete"):
            sweep(folder, *caches)
            yield
    finally:
        sweep(folder, *caches)
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink()  # while it is held: who waits for it sees that it is gone
        lock.release()


def _acquire(lock: BaseFileLock) -> None:
    """Acquire the lock, and write into its file who holds it."""
    file = Path(lock.lock_file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RuntimeError(_holder(file)) from None
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        print(f"warning: {file.parent} lies where files cannot be locked: write there once at a time", file=sys.stderr)
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    record = {"pid": os.getpid(), "host": HOST, "since": since, "command": shlex.join(sys.orig_argv)}
    file.write_text(json.dumps(record))


def _holder(lock: Path) -> str:
    who = "another process"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # it has not written it yet
        record = json.loads(lock.read_text())
        who = "process {pid} on {host} since {since} ({command})".format(**record)
    what = lock.name[1:].removesuffix(".lock")
    place = lock.parent if what == "folder" else f"{what} in {lock.parent}"
    return f"{place} is being written by {who}: wait for it, or choose another folder"
