"""Features on disk, keyed by content, in chunks, so that a killed run can resume."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.files import replace_bytes
from pairbounds.infrastructure.inputs import stored_array
from pairbounds.infrastructure.progress import Bar

FEATURES = Path("build/features")
CHUNK = 256  # rows in a file, the maximum that a resumed run computes again

Rows = npt.NDArray[np.float32]


def content_key(*parts: str) -> str:
    """Hash of all parts, 96 bits in hex."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def stored_rows(folder: Path | None, size: int, rows_from: Callable[[int], Iterable[Rows]]) -> FloatArray:
    """The rows 0..size-1, (size, width); missing rows are computed and stored in `folder`, unless it is `None`.

    `rows_from` takes the index of the first missing row, and yields this row and all later rows, in any batches.

    `ValueError`: no rows; an invalid file in `folder`; another number of rows than `size`.
    """
    if size < 1:
        raise ValueError("nothing to encode: give at least one image or text")
    chunks: list[Rows] = []
    while folder is not None and CHUNK * len(chunks) < size and _path(folder, len(chunks)).exists():
        chunks.append(_stored(_path(folder, len(chunks)), min(CHUNK, size - CHUNK * len(chunks))))
    done = sum(map(len, chunks))
    if done < size:
        what = "encoding" if folder is None else folder.name.rpartition("-")[0]
        with Bar(total=size, initial=done, desc=what, unit="row") as bar:
            rows = (row for batch in rows_from(done) for row in batch)
            while chunk := list(islice(rows, CHUNK)):
                chunks.append(np.stack(chunk).astype(np.float32))
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    path = _path(folder, len(chunks) - 1)
                    replace_bytes(path, partial(np.save, arr=chunks[-1], allow_pickle=False))
                bar.update(len(chunk))
    if (count := sum(map(len, chunks))) != size:
        raise ValueError(f"the encoder returned {count} rows for {size} inputs: it must return one for each")
    return np.concatenate(chunks, dtype=np.float64)  # casts without a full float32 copy


def _path(folder: Path, chunk: int) -> Path:
    return folder / f"{CHUNK * chunk:08d}.npy"


def _stored(path: Path, rows: int) -> Rows:
    chunk = stored_array(path, "features", "delete the file")
    if chunk.dtype != np.float32 or chunk.ndim != 2 or len(chunk) != rows:
        raise ValueError(f"features {path} are {chunk.dtype} of shape {chunk.shape}: delete the file")
    return np.array(chunk)
