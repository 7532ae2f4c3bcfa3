"""Files that somebody names: what is no file is refused before it is opened.

A FIFO would be waited for without end, and a device can be read without end.
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
    """The path, if a file is there, or a link to one; else a `FileNotFoundError`, or a `ValueError` for another thing.

    Parameters
    ----------
    what : the file is, for the message
    remedy : what to do if there is nothing
    """
    found = Path(path)
    try:
        mode = found.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"{what} {found} does not exist" + (f": {remedy}" if remedy else "")) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a FIFO, a socket or a device"
        raise ValueError(f"{what} {found} is {kind}, not a file: name a file")
    return found


def is_there(path: AnyPath, what: str = "file") -> bool:
    """Test whether there is such a file; something else in its place is a `ValueError`, as in `require_file`."""
    try:
        require_file(path, what)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Raise the hundred errors of a library that reads a file as one `ValueError`, one line that names the file."""
    try:
        yield
    except MemoryError as error:
        raise ValueError(f"{source} is larger than there is memory for") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{source} cannot be read: it is not UTF-8 text. Save it as UTF-8.") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{source} cannot be read: {reason}") from error


def stored_array(path: Path, what: str, remedy: str = "") -> npt.NDArray[Any]:
    """An array in a `.npy` file, mapped: nothing is unpickled, and what a header declares takes no memory.

    `ValueError`: another file, or one that is shorter than it declares.

    Parameters
    ----------
    what : the file is, for the message
    remedy : what to do if it cannot be read
    """
    require_file(path, what)
    try:
        with np.errstate(over="raise"):  # a header may declare more than can be counted
            stored: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, FloatingPointError) as error:
        advice = f", {remedy}" if remedy else ""
        raise ValueError(f"{what} {path} cannot be read{advice}: {error}") from error
    return stored
