"""Names of a million pictures in a few bytes each, shared by the processes that read them.

A tuple of texts or paths takes hundreds of bytes for each. And a process that looks at one writes into the page that it
is on, since it counts references there: in the end each of sixteen workers would have a copy of its own.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray

Item = TypeVar("Item")


class Packed(Sequence[Item]):
    """A sequence of which a process holds arrays, and makes an item when it is asked for."""

    @abstractmethod
    def item(self, row: int) -> Item:
        """The item of a row from 0 on."""

    @abstractmethod
    def take(self, rows: IntArray) -> "Packed[Item]":
        """Items of these rows, in this order."""

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> "Packed[Item]": ...
    def __getitem__(self, place: int | slice) -> "Item | Packed[Item]":
        rows = range(len(self))[place]  # or an IndexError; counts from the end
        return self.item(rows) if isinstance(rows, int) else self.take(np.array(rows, dtype=np.int64))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == same for one, same in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list has it: a hash would read all of it


class PackedTexts(Packed[str]):
    """Texts, one after another in an array of bytes."""

    def __init__(self, texts: Iterable[str]) -> None:
        letters, lengths = bytearray(), []
        for text in texts:
            content = text.encode(errors="surrogateescape")
            letters += content
            lengths.append(len(content))
        self.letters: npt.NDArray[np.uint8] = np.frombuffer(bytes(letters), dtype=np.uint8)
        self.ends: IntArray = np.array([*accumulate(lengths, initial=0)], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def item(self, row: int) -> str:
        """See `Packed`."""
        return self.letters[self.ends[row] : self.ends[row + 1]].tobytes().decode(errors="surrogateescape")

    def take(self, rows: IntArray) -> "PackedTexts":
        """See `Packed`."""
        return PackedTexts(map(self.item, rows.tolist()))


class PackedPaths(Packed[Path]):
    """Paths in a folder."""

    def __init__(self, folder: Path, names: PackedTexts) -> None:
        self.folder, self.names = folder, names

    def __len__(self) -> int:
        return len(self.names)

    def item(self, row: int) -> Path:
        """See `Packed`."""
        return self.folder / self.names.item(row)

    def take(self, rows: IntArray) -> "PackedPaths":
        """See `Packed`."""
        return PackedPaths(self.folder, self.names.take(rows))


def taken(items: Sequence[Item], rows: IntArray) -> Sequence[Item]:
    """Items of these rows, packed if the sequence is."""
    return items.take(rows) if isinstance(items, Packed) else tuple(items[row] for row in rows.tolist())
