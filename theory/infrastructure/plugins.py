"""A user's own bounds, from a file that is not part of any package."""

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from theory.bounds.registry import BOUNDS, Bound
from theory.infrastructure.foreign import SECONDS, contained, require_seconds
from theory.infrastructure.inputs import require_file


def load_bounds(path: str | os.PathLike[str], *, seconds: float = SECONDS) -> list[Bound]:
    """Run a Python file and return the bounds that it registered with `theory.bound`.

    Where it fails, the register is what it was before.

    Parameters
    ----------
    seconds : float
        How long the file may take, and then each of its bounds for a value.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        The file registers no bound, or takes others from the register; `seconds` is no time limit.
    ForeignCodeError
        The file cannot be run to its end, or not in time.
    """
    require_seconds(seconds)
    file = require_file(path, "plugin")
    spec = importlib.util.spec_from_file_location(f"bounds_of_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"plugin {file} is not a Python file: its name ends in .py")
    before = dict(BOUNDS)
    module = importlib.util.module_from_spec(spec)
    try:
        contained(spec.loader.exec_module, module, name="plugin", place=(spec.origin or str(file), 1), seconds=seconds)
        return _added(file, before, seconds)
    except BaseException:
        BOUNDS.clear()
        BOUNDS.update(before)
        raise


def _added(file: Path, before: Mapping[str, Bound], seconds: float) -> list[Bound]:
    """The bounds that were not there before, with their time limit."""
    lost = [name for name, claim in before.items() if not claim.foreign and BOUNDS.get(name) is not claim]
    lost += [name for name in before if name not in BOUNDS and name not in lost]
    if lost:
        raise ValueError(f"plugin {file} deletes or replaces {len(lost)} registered bounds, {lost[0]!r} the first")
    strangers = [name for name, claim in BOUNDS.items() if not isinstance(claim, Bound) or claim.name != name]
    if strangers:
        raise ValueError(f"plugin {file} puts what is no bound into the register: {', '.join(map(repr, strangers))}")
    added = [name for name, claim in BOUNDS.items() if before.get(name) is not claim]
    if not added:
        raise ValueError(f"plugin {file} registers no bound: decorate a function with theory.bound")
    for name in added:
        BOUNDS[name] = replace(BOUNDS[name], seconds=seconds)
    return [BOUNDS[name] for name in added]
