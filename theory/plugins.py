"""A user's own bounds, from a file that is not part of any package."""

import importlib.util
import os
from pathlib import Path

from theory.bounds.registry import BOUNDS, Bound


def load_bounds(path: str | os.PathLike[str]) -> list[Bound]:
    """Run a Python file and return the bounds that it registered with `theory.bound`.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        The file cannot be run, or registers no bound.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"plugin {file} does not exist")
    spec = importlib.util.spec_from_file_location(f"bounds_of_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"plugin {file} is not a Python file: its name ends in .py")
    before = dict(BOUNDS)
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except Exception as error:
        raise ValueError(f"plugin {file} failed: {type(error).__name__}: {error}") from error
    added = [claim for name, claim in BOUNDS.items() if before.get(name) is not claim]
    if not added:
        raise ValueError(f"plugin {file} registers no bound: decorate a function with theory.bound")
    return added
