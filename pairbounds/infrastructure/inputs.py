"""Checks of input files before they are opened: they must exist and be regular files.

Reading a FIFO or a device may never end.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

AnyPath = str | os.PathLike[str]


def require_file(path: AnyPath, what: str = "file", remedy: str = "") -> Path:
    """Path of an existing file or link to one. Else `FileNotFoundError`; `ValueError` for a folder or a device.

    The messages name `what` the file is, and the `remedy` if it is missing.
    """
    file = Path(path)
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"{what} {file} does not exist" + (f": {remedy}" if remedy else "")) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a FIFO, a socket or a device"
        raise ValueError(f"{what} {file} is {kind}, not a file: name a file")
    return file


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Turn any error of reading a file into a `ValueError` of one line that names the file."""
    try:
        yield
    except MemoryError as error:
        raise ValueError(f"{source} does not fit into memory") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{source} cannot be read: it is not UTF-8 text. Save it as UTF-8.") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{source} cannot be read: {reason}") from error


def stored_array(path: Path, what: str, remedy: str = "") -> npt.NDArray[Any]:
    """Memory-mapped array in a `.npy` file. Nothing is unpickled, and the declared size takes no memory.

    `ValueError`: not a `.npy` file, or shorter than its header declares. The message names the `remedy`.
    """
    require_file(path, what)
    try:
        with np.errstate(over="raise"):  # a header may declare a size that overflows
            stored: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, FloatingPointError) as error:
        advice = f", {remedy}" if remedy else ""
        raise ValueError(f"{what} {path} cannot be read{advice}: {error}") from error
    return stored
