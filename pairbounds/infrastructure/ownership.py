"""Whose a file is: nothing is replaced that was not written here, and nothing at all that is read.

A command line claims, before its work, what it will write. Every writer leaves a sidecar or a mark inside its file, and
a file without is taken for somebody else's, as is a table that was changed since: it stays, unless the user says
`--force`. Python functions that are called with a path replace what is there, as `np.savez` does.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.pictures import MARKS
from pairbounds.infrastructure.tables import content_key, sidecar

PROVENANCE = frozenset({"configuration", "content_key", "hardware", "versions"})  # keys of every sidecar

Fault = Callable[[Path], str | None]


@dataclass(frozen=True)
class Output:
    """A file that will be written.

    Attributes
    ----------
    path : where
    fault : why the file that is there is not ours, or `None` if it is
    """

    path: Path
    fault: Fault


def claim(outputs: Iterable[Output], inputs: Iterable[Path | None] = (), *, force: bool = False) -> None:
    """Refuse to write where an input is, or a file that is not ours.

    Parameters
    ----------
    inputs : files, and folders that are read whole; `None` is passed over
    force : replace files that are not ours; an input is never replaced

    Raises
    ------
    ValueError
        The first such file, by name, and why.
    """
    read = [place for place in inputs if place is not None]
    files = {_identity(file) for place in read for file in _files(place)}
    for output in outputs:
        path = output.path
        if any(within(path, place) for place in read) or (path.exists() and _identity(path) in files):
            raise ValueError(f"{path} would be written, and is read or lies in a folder that is: write somewhere else")
        if not os.path.lexists(path):
            continue
        if not path.is_file():
            raise ValueError(f"{path} is in the way and not a file: write somewhere else")
        fault = None if force else output.fault(path)
        if fault:
            raise ValueError(f"{path} stays as it is, for {fault}: write somewhere else, or replace it with --force")


def table(path: Path) -> tuple[Output, Output]:
    """A table, and the sidecar beside it."""
    return Output(path, _fault_of_table), records(sidecar(path), PROVENANCE)


def picture(path: Path) -> Output:
    """A picture that `pairbounds.infrastructure.pictures.save_picture` wrote."""
    return known(path, lambda content: any(mark in content for mark in MARKS.values()))


def text(path: Path, beginning: str) -> Output:
    """A text that always begins in the same way."""
    return known(path, lambda content: content.startswith(beginning.encode()))


def records(path: Path, keys: Iterable[str]) -> Output:
    """A JSON file: a record with these keys among its own, or a list of such."""
    needed = set(keys)

    def holds(content: bytes) -> bool:
        parsed = _parsed(content)
        listed = parsed if isinstance(parsed, list) else [parsed]
        return bool(listed) and all(isinstance(record, dict) and record.keys() >= needed for record in listed)

    return known(path, holds)


def known(path: Path, is_ours: Callable[[bytes], bool]) -> Output:
    """A file that is known by its content."""
    return Output(path, lambda file: None if is_ours(file.read_bytes()) else "it is not a file that is written here")


def _fault_of_table(path: Path) -> str | None:
    beside = sidecar(path)
    record = _parsed(beside.read_bytes()) if beside.is_file() else None
    if not isinstance(record, dict) or not record.keys() >= PROVENANCE:
        return f"no sidecar {beside.name} says that it was written here"
    ours = content_key(path) in (record["content_key"], record.get("replaces"))
    return None if ours else "it was changed since it was written, as its sidecar tells"


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (file for file in place.rglob("*") if file.is_file())
    elif place.exists():
        yield require_file(place)


def within(path: Path, place: Path) -> bool:
    """Test whether a path, its links followed, is a place or lies in it."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(place))  # a circle of links is no error here


def _identity(path: Path) -> Sequence[int]:
    """Device and inode of a file, which all its names have in common, links included."""
    status = path.stat()
    return status.st_dev, status.st_ino
