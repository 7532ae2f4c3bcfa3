"""A folder that one command writes into at a time."""

import contextlib
import errno
import fcntl
import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pairbounds.infrastructure import interruption
from pairbounds.infrastructure.temporaries import HOST, sweep

AS_IT_WAS = "{} is as it was"
NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}  # of some network file systems
AGAIN = "the same command goes on where it was"

_held: set[int] = set()


@contextmanager
def held(folder: Path, name: str = "", *, kept: str = AS_IT_WAS, caches: tuple[Path, ...] = ()) -> Iterator[None]:
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
    lock = folder / f".{name or 'folder'}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(lock)
    except OSError as error:
        raise OSError(f"nothing can be written into {folder}: {error.strerror or error}") from error
    _held.add(descriptor)
    try:
        with interruption.keeping(kept.format(folder), f"{folder} is complete"):
            _sweep_all(folder, caches)
            yield
    except KeyboardInterrupt:
        _sweep_all(folder, caches, own=True)
        raise
    finally:
        _sweep_all(folder, caches)
        with contextlib.suppress(OSError):
            lock.unlink()
        _held.remove(descriptor)
        os.close(descriptor)


def _sweep_all(folder: Path, caches: tuple[Path, ...], *, own: bool = False) -> None:
    for place in (folder, *caches):
        sweep(place, own=own)


def _locked(lock: Path) -> int:
    """A descriptor of the lock file, held, with who holds it written inside."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor, lock)
            if _is_there(lock, descriptor):
                _sign(descriptor)
                return descriptor
        except BaseException as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                raise RuntimeError(_holder(lock)) from None
            raise
        os.close(descriptor)  # of a file that was removed in between, by the one who held it


def _lock(descriptor: int, lock: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        print(f"warning: {lock.parent} lies where files cannot be locked: write there once at a time", file=sys.stderr)


def _is_there(lock: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    record = {"pid": os.getpid(), "host": HOST, "since": since, "command": shlex.join(sys.orig_argv)}
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(record).encode())


def _holder(lock: Path) -> str:
    who = "another process"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # it has not written it yet
        record = json.loads(lock.read_text())
        who = "process {pid} on {host} since {since} ({command})".format(**record)
    what = lock.name[1:].removesuffix(".lock")
    place = lock.parent if what == "folder" else f"{what} in {lock.parent}"
    return f"{place} is being written by {who}: wait for it, or choose another folder"


def _let_go() -> None:
    """In a forked child: the lock is its parent's, and ends with that."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
