"""Files: complete or as before, and never in the place of an input or of somebody else's work.

A file is written beside its place and renamed. A table has a sidecar, which holds the table's SHA-256: a table and a
sidecar that disagree count as missing. A command claims what it will write before it works. Python functions that are
called with a path overwrite what is there, as `np.savez` does.
"""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pairbounds.infrastructure.inputs import AnyPath

CANNOT_WRITE = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
STEM = 60  # letters that a temporary name keeps, because a name has at most 255 bytes
PROVENANCE = frozenset({"configuration", "content_key", "hardware", "versions"})  # keys of every sidecar


@contextmanager
def replacing(path: AnyPath) -> Iterator[Path]:
    """A temporary path beside `path`, which replaces it when the block ends without an error.

    The temporary name keeps the suffix, because writers choose their format by it. It is always the same, and the next
    run overwrites what a killed one left. A second writer of the same file waits for the first.

    `FileNotFoundError`: the folder does not exist. `OSError`: the disk is full, or the file cannot be written for
    another reason; the message names it.
    """
    target = Path(path)
    require_folder(target)
    temporary = target.with_name(f".{target.stem[:STEM]}.partial{target.suffix}")
    try:
        lock = _locked_file(temporary)
        try:
            yield temporary
            os.fsync(lock)  # or a crash of the machine may leave an empty file under the new name
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):  # which would hide the error that is raised now
                temporary.unlink()
            raise
        finally:
            os.close(lock)
    except Exception as error:
        reason = _cannot_write(error)
        if reason is None:
            raise
        raise OSError(
            f"{target} cannot be written ({reason}), and was not changed: make room, or choose another folder, and "
            "give the same command again"
        ) from error


def replace_bytes(path: Path, save: Callable[[BytesIO], object]) -> None:
    """Replace a file by way of memory: on a full disk numpy and torch say what happened, and not why."""
    memory = BytesIO()
    save(memory)
    with replacing(path) as temporary:
        temporary.write_bytes(memory.getvalue())


def _locked_file(path: Path) -> int:
    """Open a file, made if need be, and lock it: the descriptor."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):  # a look by `exists` first would be out of date by the second
            if os.path.samestat(path.stat(), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)  # the writer before has renamed or removed it


def _cannot_write(error: BaseException | None) -> str | None:
    """Reason that nothing can be written, from an error or the context it was raised in; `None` if there is none."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
            return os.strerror(error.errno)
        error = error.__context__
    return None


def require_folder(target: Path) -> None:
    """Raise `FileNotFoundError` unless the folder that a file will lie in exists."""
    if not target.parent.is_dir():
        raise FileNotFoundError(f"folder {target.parent} does not exist: create it, or write somewhere else")


@contextmanager
def locked_folder(folder: Path, name: str = "folder") -> Iterator[None]:
    """Lock a folder, made if need be, against other processes; the lock ends with this process.

    `RuntimeError`: another process has locked it. `OSError`: the folder cannot be made, or nothing can be written into
    it.

    `name`: of what is written, in a folder into which commands write different things at once.
    """
    lock = FileLock(folder / f".{name}.lock", blocking=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        what = folder if name == "folder" else f"{name} in {folder}"
        raise RuntimeError(f"another process is writing {what}: wait for it, or choose another folder") from None
    except OSError as error:
        raise OSError(f"nothing can be written into {folder}: {error.strerror or error}") from error
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)  # while it is locked: a process that waits sees that it is gone
        lock.release()


# Sidecars.


def sidecar(path: AnyPath) -> Path:
    """The path of a table's JSON sidecar."""
    return Path(f"{path}.json")


def content_key(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_sidecar(path: AnyPath) -> dict[str, Any] | None:
    """The record in a table's sidecar; `None` if there is none, or none that was written here."""
    try:
        record = json.loads(sidecar(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.keys() >= PROVENANCE else None


def disagrees(path: Path) -> bool:
    """Test whether a table is not the one of its sidecar, as after a run that was killed between the two."""
    record = read_sidecar(path)
    return record is not None and content_key(path) != record["content_key"]


def remove_table(path: Path) -> None:
    """Remove a table and its sidecar, if they are there."""
    path.unlink(missing_ok=True)
    sidecar(path).unlink(missing_ok=True)


# Claims.


@dataclass(frozen=True)
class Output:
    """A file that a command will write.

    Attributes
    ----------
    path : where
    is_ours : whether a file that is there was written by pairbounds
    """

    path: Path
    is_ours: Callable[[Path], bool]


def table_outputs(path: Path) -> tuple[Output, Output]:
    """A table, and the sidecar beside it, either of which is ours if the sidecar is."""

    def is_ours(_: Path) -> bool:
        return read_sidecar(path) is not None

    return Output(path, is_ours), Output(sidecar(path), is_ours)


def marked_output(path: Path, *marks: str) -> Output:
    """A file that contains each of these texts if it is ours, such as its first words."""
    return Output(path, lambda file: all(mark.encode() in file.read_bytes() for mark in marks))


def record_output(path: Path, keys: Iterable[str]) -> Output:
    """A JSON file with these keys."""
    return marked_output(path, *(f'"{key}"' for key in keys))


def claim(outputs: Iterable[Output], inputs: Iterable[Path | None] = (), *, force: bool = False) -> None:
    """Refuse to write where an input is, twice in one place, or over a file that pairbounds did not write.

    `ValueError`: the first such file, by name, and why.

    Parameters
    ----------
    inputs : files, and folders of which everything is read; `None` is skipped
    force : replace files that pairbounds did not write; an input is never replaced
    """
    read = [path for path in inputs if path is not None]
    written: set[str] = set()
    for output in outputs:
        path = output.path
        if os.path.realpath(path) in written:
            raise ValueError(f"{path} is written twice by this command: give each output a file of its own")
        written.add(os.path.realpath(path))
        if any(within(path, place) for place in read):
            raise ValueError(f"{path} is an input, or lies in a folder that is one: write somewhere else")
        if path.is_file():
            if not force and not output.is_ours(path):
                raise ValueError(f"{path} was not written by pairbounds: write somewhere else, or add --force")
        elif os.path.lexists(path):
            raise ValueError(f"{path} is not a file, and cannot be replaced: write somewhere else")


def within(path: Path, place: Path) -> bool:
    """Test whether a path is a place or lies in it, links followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(place))  # a circle of links is no error here
