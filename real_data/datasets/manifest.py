"""Cached index of the files of a folder: each file is read once, and again after a change.

The key of a data set depends on the content of its files, not on their names or times, so a copy of a folder on another
machine has the same features. Reading ImageNet's training set takes about an hour on one core. So the SHA-256 of each
file is kept with its size and modification time, and files with another size or time are read again. A file modified
within `RACE` of being read is not kept, because its next change might have the same time. A tool that changes bytes and
restores the time is not detected: remove the manifest then.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib

from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.inputs import is_there

RACE = 2_000_000_000  # nanoseconds: modification times have a resolution of up to two seconds
BLOCK = 512  # files between two writes of the manifest, or a quarter of the known files if more

Entry = list[Any]  # size of a file in bytes and modification time in nanoseconds before reading; results of `look`


def inspected(
    folder: Path, names: Sequence[str], look: Callable[[Path], Sequence[Any]], cache: Path | None = None
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Results of `look` for each file, computed in threads or read from the manifest in `cache`.

    Parameters
    ----------
    look : returns values that JSON can store
    cache : folder for manifests, one for each folder of files; by default none is kept
    """
    manifest = None if cache is None else manifest_of(folder, cache)
    entries = {} if manifest is None else _read(manifest)
    new: dict[str, Entry] = {}
    threads = joblib.Parallel(n_jobs=-1, prefer="threads")
    for start in range(0, len(names), BLOCK):
        states = {name: _state(folder / name) for name in names[start : start + BLOCK]}
        stale = [name for name, state in states.items() if entries.get(name, [])[:2] != state]
        fresh = dict(zip(stale, threads(joblib.delayed(look)(folder / name) for name in stale), strict=True))
        yield from ((name, fresh[name] if name in fresh else entries[name][2:]) for name in states)
        settled = time.time_ns() - RACE
        new |= {name: [*states[name], *results] for name, results in fresh.items() if states[name][1] < settled}
        if manifest is not None and len(new) >= max(BLOCK, len(entries) / 4):
            entries, new = _written(manifest, entries | new), {}
    if manifest is not None and new:
        _written(manifest, entries | new)


def manifest_of(folder: Path, cache: Path) -> Path:
    """Path of the manifest of a folder in `cache`."""
    return cache / "manifests" / f"{sha256(os.fsencode(folder.resolve())).hexdigest()[:24]}.json"


def _state(path: Path) -> list[int]:
    """Size and modification time; for a missing file, a time that is never kept."""
    try:
        stats = path.stat()
    except OSError:
        return [-1, time.time_ns() + RACE]
    return [stats.st_size, stats.st_mtime_ns]


def _read(path: Path) -> dict[str, Entry]:
    if not is_there(path, "manifest"):
        return {}
    try:
        return {name: list(entry) for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"manifest {path} cannot be read: delete the file") from error


def _written(path: Path, entries: dict[str, Entry]) -> dict[str, Entry]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(entries), encoding="utf-8")
    return entries
