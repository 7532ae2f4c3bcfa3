"""Arrays that numpy stored."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.inputs import require_file


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
        with np.errstate(over="raise"):  # a header may declare more than can be counted
            stored: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, FloatingPointError) as error:
        advice = f", {remedy}" if remedy else ""
        raise ValueError(f"{what} {path} cannot be read{advice}: {error}") from error
    return stored
