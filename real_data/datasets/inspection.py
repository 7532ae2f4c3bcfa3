"""Check of picture files, with an index in a cache: unchanged files are not read again.

The key of a data set depends on the content of its files, not on their names or times, so a copy of a folder on another
machine has the same features. Reading ImageNet's training set takes about an hour on one core. So the results are kept
under the sizes and modification times of the files. A tool that changes bytes and restores the time is not detected:
remove the index then.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import joblib

from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets.picture_files import look


def inspected(folder: Path, names: Sequence[str], cache: Path | None = None) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each name with the results of `look`, computed in threads; or from `cache`, if no file has changed.

    `ValueError`: an invalid index in `cache`.
    """
    key = json.dumps([str(folder.resolve()), [[name, *_state(folder / name)] for name in names]])
    index = cache and cache / "manifests" / f"{sha256(key.encode()).hexdigest()[:24]}.json"
    if index and index.exists():
        return zip(names, _stored(index, len(names)), strict=True)
    threads = joblib.Parallel(n_jobs=-1, prefer="threads", return_as="generator")
    checks = threads(joblib.delayed(look)(folder / name) for name in names)
    results = list(Bar(checks, total=len(names), desc="checking pictures", unit="picture"))
    if index:
        index.parent.mkdir(parents=True, exist_ok=True)
        with replacing(index) as temporary:
            temporary.write_text(json.dumps(results), encoding="utf-8")
    return zip(names, results, strict=True)


def _state(path: Path) -> tuple[int, int]:
    """Size in bytes and modification time in nanoseconds; -1 for a missing file."""
    try:
        stats = path.stat()
    except OSError:
        return -1, -1
    return stats.st_size, stats.st_mtime_ns


def _stored(index: Path, count: int) -> list[tuple[str, str]]:
    try:
        entries = json.loads(require_file(index, "index").read_text(encoding="utf-8"))
        results = [(str(digest), str(reason)) for digest, reason in entries]
    except (ValueError, TypeError) as error:
        raise ValueError(f"index {index} cannot be read: delete the file") from error
    if len(results) != count:
        raise ValueError(f"index {index} has {len(results)} entries for {count} pictures: delete the file")
    return results
