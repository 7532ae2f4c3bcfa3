"""Features on disk: by content, in chunks, so that a killed run goes on where it was."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.files import replace_bytes
from pairbounds.infrastructure.inputs import is_there, stored_array
from pairbounds.infrastructure.progress import Bar

FEATURES = Path("build/features")
CHUNK = 256  # rows in a file; at most so many are computed again

Rows = npt.NDArray[np.float32]


def content_key(*parts: str) -> str:
    """96 bits that change with any of the parts, in hex."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def stored_rows(place: Path | None, size: int, rows_from: Callable[[int], Iterable[Rows]]) -> FloatArray:
    """The rows 0..size-1, (size, width), those that are not yet in the folder `place` computed and put there.

    `ValueError`: no rows; a file in `place` that is not what was written there; another number of rows than `size`.

    Parameters
    ----------
    place : names all that decides the rows; `None` to keep nothing
    rows_from : called with the first row that is lacking, yields it and all that come after it, in any batches
    """
    if size < 1:
        raise ValueError("there is nothing to encode")
    chunks: list[Rows] = []
    while place is not None and CHUNK * len(chunks) < size and is_there(_path(place, len(chunks)), "features"):
        chunks.append(_stored(_path(place, len(chunks)), min(CHUNK, size - CHUNK * len(chunks))))
    done = sum(map(len, chunks))
    if done < size:
        what = "encoding" if place is None else place.name.rpartition("-")[0]
        with Bar(total=size, initial=done, desc=what, unit="row") as bar:
            for chunk in _chunks(rows_from(done), bar.update):
                if place is not None:
                    place.mkdir(parents=True, exist_ok=True)
                    replace_bytes(_path(place, len(chunks)), partial(np.save, arr=chunk, allow_pickle=False))
                chunks.append(chunk)
    if (found := sum(map(len, chunks))) != size:
        raise ValueError(f"the encoder gave {found} rows for {size}")
    return np.concatenate(chunks, dtype=np.float64)  # at once: not all of it in float32 before


def _path(place: Path, chunk: int) -> Path:
    return place / f"{CHUNK * chunk:08d}.npy"


def _stored(path: Path, rows: int) -> Rows:
    chunk = stored_array(path, "features", "delete the file")
    if chunk.dtype != np.float32 or chunk.ndim != 2 or len(chunk) != rows:
        raise ValueError(f"features {path} are {chunk.dtype} of shape {chunk.shape}: delete the file")
    return np.array(chunk)


def _chunks(batches: Iterable[Rows], progress: Callable[[int], object]) -> Iterable[Rows]:
    """The rows of the batches, CHUNK at a time."""
    waiting: list[Rows] = []
    for batch in batches:
        progress(len(batch))
        waiting.append(np.asarray(batch, dtype=np.float32))
        while sum(map(len, waiting)) >= CHUNK:
            rows = np.concatenate(waiting)
            yield rows[:CHUNK]
            waiting = [rows[CHUNK:]]
    if any(map(len, waiting)):
        yield np.concatenate(waiting)
