"""An experiment: what is measured in one cell of a sweep, found by the name of its module."""

import hashlib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from inspect import getfile, isfunction
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pandas as pd

import simulations.experiments
import theory
from theory.infrastructure.foreign import SECONDS, ForeignCodeError, contained, source_of

HOME = simulations.experiments.__name__
NAMES = tuple(module.name for module in iter_modules(simulations.experiments.__path__))
BESIDE = ("experiments", "studies", "sweeps")  # of the packages of `simulations`, those that no experiment uses


@dataclass(frozen=True)
class Experiment:
    """What a sweep measures in each of its cells; its module names it `EXPERIMENT`.

    Attributes
    ----------
    question : what it answers, in a line
    settings : a frozen dataclass of bool, int, float and str, or such or None, all with defaults
    measure : the rows of one cell, from its settings and its seed
    """

    question: str
    settings: type[Any]
    measure: Callable[[Any, int], pd.DataFrame]

    def __post_init__(self) -> None:
        if not isinstance(self.settings, type) or not is_dataclass(self.settings):
            raise ValueError(f"settings={self.settings!r} of an experiment is not a dataclass")
        lacking = [one.name for one in fields(self.settings) if one.default is MISSING]
        if lacking:
            raise ValueError(f"setting {lacking[0]!r} of an experiment has no default")
        if not isfunction(self.measure):
            raise ValueError(f"measure={self.measure!r} of an experiment is not a function")

    @property
    def place(self) -> tuple[str, int]:
        """The file and line where `measure` begins."""
        return source_of(self.measure)

    @cached_property
    def version(self) -> str:
        """A digest of the source that its rows depend on: of `theory`, of most of `simulations`, and of its module."""
        ours = Path(simulations.__file__).parent
        read = [path for path in ours.rglob("*.py") if path.relative_to(ours).parts[0] not in BESIDE]
        read += [*Path(theory.__file__).parent.rglob("*.py"), Path(getfile(self.measure))]
        return digest(b"".join(path.read_bytes() for path in sorted(read)))


def find_experiment(name: str) -> Experiment:
    """The experiment of `simulations/experiments/NAME.py`, or of any other module, by its full name with dots.

    Raises
    ------
    ValueError
        There is no such module, or it has no `EXPERIMENT`.
    ForeignCodeError
        The module cannot be imported, or not in `theory.infrastructure.foreign.SECONDS`.
    """
    module = name if "." in name else f"{HOME}.{name}"
    try:
        imported = contained(import_module, module, name=f"experiment {name!r}", seconds=SECONDS)
        found = getattr(imported, "EXPERIMENT", None)
    except ForeignCodeError as error:
        cause = error.__cause__
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if missing is None or not f"{module}.".startswith(f"{missing}."):
            raise
        found = None
    if not isinstance(found, Experiment):
        raise ValueError(f"experiment {name!r} is none of {', '.join(NAMES)}, nor a module with an EXPERIMENT")
    return found


def digest(content: bytes) -> str:
    """What stands for some bytes in the names of files: 128 bits of their SHA-256."""
    return hashlib.sha256(content).hexdigest()[:32]
