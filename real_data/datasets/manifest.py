"""Findings in the files of a folder: each is read once, and again where it has changed.

What decides the key of a data set is the content of its files, not their names or times: so a copy of a folder is the
same data, on whatever machine, and its features are found again. To read every file at every start would take
ImageNet's training set an hour of a core, so the SHA-256 of each is kept with the size and the time of change that the
file had. A file whose size or time differs is read again; one that was changed within `RACE` of being read is not kept,
since its next change might have the same time. What neither shows, a tool that writes other bytes and sets the time
back, is not noticed: remove the manifest then.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from pairbounds.infrastructure.inputs import is_there
from pairbounds.infrastructure.tables import replacing

RACE = 2_000_000_000  # nanoseconds: the time of change has steps of up to two seconds
BLOCK = 512  # pictures that are read, at most, for nothing if the process is killed; or a quarter of the folder


@dataclass(frozen=True)
class Checked:
    """A file that was read.

    Attributes
    ----------
    size, changed : bytes, and the time of the last change in nanoseconds, as they were before it was read
    digest : SHA-256 of a picture; "" of what is none
    reason : why it is none
    """

    size: int
    changed: int
    digest: str
    reason: str = ""


def inspected(
    folder: Path, names: Sequence[str], look: Callable[[Path], tuple[str, str]], cache: Path | None = None
) -> Iterator[tuple[str, Checked]]:
    """Digest and reason by `look` for each of these files, in threads, unless the manifest in `cache` knows them.

    Parameters
    ----------
    cache : folder for manifests, one for each folder of files; by default none is kept

    Raises
    ------
    ValueError
        A manifest that is not what was written.
    """
    place = None if cache is None else manifest_of(folder, cache)
    known = {} if place is None else _read(place)
    new: dict[str, Checked] = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for start in range(0, len(names), BLOCK):
            block = names[start : start + BLOCK]
            stale = [name for name in block if not _is_current(folder / name, known.get(name))]
            results = threads.map(partial(_checked, look), (folder / name for name in stale))
            found = dict(zip(stale, results, strict=True))
            yield from ((name, found[name] if name in found else known[name]) for name in block)
            new |= {name: one for name, one in found.items() if is_settled(one.changed)}
            if place is not None and len(new) >= max(BLOCK, len(known) / 4):
                known, new = _written(place, known | new), {}
    if place is not None and new:
        _written(place, known | new)


def manifest_of(folder: Path, cache: Path) -> Path:
    """The file in `cache` that is about this folder."""
    return cache / "manifests" / f"{sha256(os.fsencode(folder.resolve())).hexdigest()[:24]}.json"


def is_settled(changed: int) -> bool:
    """Return whether a file was last changed so long ago that another change would have another time."""
    return changed < time.time_ns() - RACE


def _is_current(path: Path, known: Checked | None) -> bool:
    if known is None:
        return False
    try:
        now = path.stat()
    except OSError:
        return False
    return (known.size, known.changed) == (now.st_size, now.st_mtime_ns)


def _checked(look: Callable[[Path], tuple[str, str]], path: Path) -> Checked:
    try:
        before = path.stat()
    except OSError:
        return Checked(-1, time.time_ns(), *look(path))  # too late to be kept
    return Checked(before.st_size, before.st_mtime_ns, *look(path))


def _read(place: Path) -> dict[str, Checked]:
    if not is_there(place, "manifest"):
        return {}
    try:
        return {name: Checked(*entry) for name, entry in json.loads(place.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"manifest {place} cannot be read: delete the file") from error


def _written(place: Path, known: Mapping[str, Checked]) -> dict[str, Checked]:
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as temporary:
        content = {name: (one.size, one.changed, one.digest, one.reason) for name, one in known.items()}
        temporary.write_text(json.dumps(content), encoding="utf-8")
    return dict(known)
