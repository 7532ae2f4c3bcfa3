"""Atomic file writes, and checks that no input and no foreign file is overwritten.

A file is written under a temporary name and renamed. A table has a sidecar with the table's SHA-256. A table that
disagrees with its sidecar counts as missing. A command checks its output files before it starts to work. Python
functions with a path argument overwrite existing files, as `np.savez` does.
"""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pairbounds.infrastructure.inputs import AnyPath

CANNOT_WRITE = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
STEM_LETTERS = 60  # letters of the stem in a temporary name: file names have at most 255 bytes
PROVENANCE = frozenset({"configuration", "content_key", "hardware", "versions"})  # keys of every sidecar


@contextmanager
def replacing(path: AnyPath) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and rename it to `path` if the block ends without an error.

    The temporary name keeps the suffix, because writers choose their format by it. It is always the same: the next run
    overwrites the remains of a killed run. A second writer of the same file waits for the first.

    `FileNotFoundError`: the folder does not exist. `OSError`: the disk is full, or the file cannot be written for
    another reason, which the message names.
    """
    target = require_output_path(path)
    temporary = target.with_name(f".{target.stem[:STEM_LETTERS]}.partial{target.suffix}")
    try:
        with _locked(temporary.with_name(f"{temporary.name}.lock")):
            try:
                yield temporary
                with temporary.open("rb+") as written:
                    os.fsync(written.fileno())  # else a crash of the machine may leave an empty file
                temporary.replace(target)
            except BaseException:
                with suppress(OSError):  # it would hide the original error
                    temporary.unlink()
                raise
    except Exception as error:
        reason = _cannot_write(error)
        if reason is None:
            raise
        raise OSError(
            f"{target} cannot be written ({reason}), and is unchanged: free some space or choose another folder, and "
            "run the command again"
        ) from error


@contextmanager
def _locked(path: Path, *, waits: bool = True) -> Iterator[None]:
    """Lock a file against other processes, and remove it at the end. The system releases the lock of a killed process.

    `Timeout`: another process has locked it, and this one does not wait.
    """
    with FileLock(path, blocking=waits):
        try:
            yield
        finally:
            with suppress(OSError):  # Windows removes the file itself, after the release
                path.unlink()


def replace_bytes(path: Path, save: Callable[[BytesIO], object]) -> None:
    """Replace a file, written in memory first: errors of numpy and torch on a full disk do not name the reason."""
    memory = BytesIO()
    save(memory)
    with replacing(path) as temporary:
        temporary.write_bytes(memory.getvalue())


def _cannot_write(error: BaseException | None) -> str | None:
    """Reason for a failed write, from an error or its context; `None` for other errors."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
            return os.strerror(error.errno)
        error = error.__context__
    return None


def require_output_path(path: AnyPath, suffixes: Collection[str] = ()) -> Path:
    """Path at which a file in one of these formats (default: any) can be written. Call this before the work.

    `ValueError`: another suffix. `FileNotFoundError`: the folder does not exist.
    """
    target = Path(path)
    if suffixes and target.suffix not in suffixes:
        raise ValueError(f"cannot write {target}: supported formats are {', '.join(suffixes)}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"folder {target.parent} does not exist: create it, or write somewhere else")
    return target


@contextmanager
def locked_folder(folder: Path, name: str = "folder") -> Iterator[None]:
    """Lock a folder (created if missing) against other processes; the lock ends with this process.

    `RuntimeError`: another process has locked it. `OSError`: the folder cannot be created, or is not writable.

    `name`: name of the output, for folders into which several commands write different outputs at once.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(folder / f".{name}.lock", waits=False))
        except Timeout:
            what = folder if name == "folder" else f"{name} in {folder}"
            raise RuntimeError(f"another process is writing {what}: wait for it, or choose another folder") from None
        except OSError as error:
            raise OSError(f"cannot write into {folder}: {error.strerror or error}") from error
        yield


# Sidecars.


def sidecar(path: AnyPath) -> Path:
    """Path of a table's JSON sidecar."""
    return Path(f"{path}.json")


def content_key(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_sidecar(path: AnyPath) -> dict[str, Any] | None:
    """Record in a table's sidecar; `None` if it is missing or not written by pairbounds."""
    try:
        record = json.loads(sidecar(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.keys() >= PROVENANCE else None


def disagrees(path: Path) -> bool:
    """Test whether a table disagrees with its sidecar, as after a run that was killed between the two writes."""
    record = read_sidecar(path)
    return record is not None and content_key(path) != record["content_key"]


def remove_table(path: Path) -> None:
    """Remove a table and its sidecar, if they exist."""
    path.unlink(missing_ok=True)
    sidecar(path).unlink(missing_ok=True)


# Checks of outputs.


@dataclass(frozen=True)
class Output:
    """A file that a command will write, and a test for an existing file: True if pairbounds wrote it."""

    path: Path
    may_overwrite: Callable[[Path], bool]


def table_outputs(*paths: Path) -> list[Output]:
    """Tables and their sidecars. Both files may be overwritten if pairbounds wrote the sidecar."""
    return [Output(file, partial(_has_sidecar, path)) for path in paths for file in (path, sidecar(path))]


def _has_sidecar(path: Path, _: Path) -> bool:
    return read_sidecar(path) is not None


def marked_output(path: Path, *marks: str) -> Output:
    """A file that counts as written by pairbounds if it contains these texts, such as its first words."""
    return Output(path, lambda file: all(mark.encode() in file.read_bytes() for mark in marks))


def record_output(path: Path, keys: Iterable[str]) -> Output:
    """A JSON file that counts as written by pairbounds if it has these keys."""
    return marked_output(path, *(f'"{key}"' for key in keys))


def require_safe_outputs(outputs: Iterable[Output], inputs: Iterable[Path | None] = (), *, force: bool = False) -> None:
    """Refuse to overwrite inputs, to write a file twice, or to overwrite files that pairbounds did not write.

    The inputs are files, or folders whose files are all read; `None` is skipped. With `force`, files that pairbounds
    did not write are overwritten, but never an input. The `ValueError` names the first such file and the reason.
    """
    # Unlike `Path.resolve`, `realpath` accepts circular links.
    sources = [os.path.realpath(path) for path in inputs if path is not None]
    written: set[Path] = set()
    for output in outputs:
        path, target = output.path, Path(os.path.realpath(output.path))
        if target in written:
            raise ValueError(f"{path} is named for two outputs: give each output its own file")
        written.add(target)
        if any(target.is_relative_to(source) for source in sources):
            raise ValueError(f"{path} is an input, or in an input folder: choose another path")
        if path.is_file():
            if not force and not output.may_overwrite(path):
                raise ValueError(f"{path} was not written by pairbounds: choose another path, or add --force")
        elif os.path.lexists(path):
            raise ValueError(f"{path} is not a regular file, and cannot be overwritten: choose another path")
