"""Names of a million pictures in a few bytes each, shared by the processes that read them.

A tuple of texts or paths takes hundreds of bytes for each. And a process that looks at one writes into the page that it
is on, since it counts references there: in the end each of sixteen workers would have a copy of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar, overload

import numpy as np
import pyarrow as pa

from pairbounds.infrastructure.arrays import IntArray

Item = TypeVar("Item")


class Packed(Sequence[Item]):
    """A sequence of which a process holds columns, and makes an item of their cells when it is asked for."""

    def __init__(self, make: Callable[..., Item], *columns: pa.Array) -> None:
        self.make, self.columns = make, columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def take(self, rows: IntArray) -> "Packed[Item]":
        """Items of these rows, in this order."""
        return Packed(self.make, *(column.take(pa.array(rows)) for column in self.columns))

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> "Packed[Item]": ...
    def __getitem__(self, place: int | slice) -> "Item | Packed[Item]":
        rows = range(len(self))[place]  # or an IndexError; counts from the end
        if isinstance(rows, range):
            return self.take(np.array(rows, dtype=np.int64))
        return self.make(*(column[rows].as_py() for column in self.columns))


def packed_texts(texts: Iterable[str]) -> Packed[str]:
    """Texts, names of files that are no UTF-8 among them."""
    return Packed(_text, pa.array((text.encode(errors="surrogateescape") for text in texts), pa.large_binary()))


def packed_paths(folder: Path, names: Packed[str]) -> Packed[Path]:
    """Paths in a folder."""
    return Packed(partial(_path, folder), *names.columns)


def take_rows(items: Sequence[Item], rows: IntArray) -> Sequence[Item]:
    """Items of these rows, packed if the sequence is."""
    return items.take(rows) if isinstance(items, Packed) else tuple(items[row] for row in rows.tolist())


def _text(content: bytes) -> str:
    return content.decode(errors="surrogateescape")


def _path(folder: Path, content: bytes) -> Path:
    return folder / _text(content)
