"""Shape and type that a file of numpy's declares of its array, before anything is read."""

import math
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.inputs import require_file

READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class Header(NamedTuple):
    """The shape and type of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes], length: int) -> Header:
    """The header of a `.npy` file of `length` bytes, opened at its start.

    Raises
    ------
    ValueError
        Another file; one that does not hold as much as it declares; an array of Python objects, which only unpickling
        could read.
    """
    version = np.lib.format.read_magic(file)
    if version not in READERS:
        raise ValueError(f"version {version} of numpy's format is not known here")
    shape, _, dtype = READERS[version](file)
    header = Header(shape, dtype)
    if dtype.hasobject or length - file.tell() != header.size:
        raise ValueError(f"it does not hold the {dtype} of shape {shape} that it declares")
    return header


def stored_array(path: Path, what: str, remedy: str = "") -> npt.NDArray[Any]:
    """An array in a `.npy` file, mapped: nothing is unpickled, and what a header declares takes no memory.

    Parameters
    ----------
    what : the file is, for the message
    remedy : what to do if it cannot be read

    Raises
    ------
    ValueError
        Another file, or one that is shorter than it declares.
    """
    require_file(path, what)
    try:
        with path.open("rb") as file:
            read_header(file, path.stat().st_size)
        stored: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError) as error:
        advice = f", {remedy}" if remedy else ""
        raise ValueError(f"{what} {path} cannot be read{advice}: {error}") from error
    return stored
