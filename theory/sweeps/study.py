"""A study: a question, its settings, and what is measured with one choice of them and one seed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from inspect import getfile, isfunction
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from theory.infrastructure.extras import advice
from theory.infrastructure.foreign import SECONDS, ForeignCodeError, contained, source_of
from theory.sweeps.sources import ROOT, made_of

if TYPE_CHECKING:
    import pandas as pd

    Rows: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame]

HOMES = ("simulations.studies", "real_data.studies")  # the packages whose modules are found by their names alone
WHERE = "where"  # of a setting that says where or with what is measured, and not what

Value = TypeVar("Value")


def where(default: Value) -> Value:
    """The default of a setting that says where something is measured, or on what device: the rows do not depend on it.

    It is no part of what makes two cells of a sweep the same.
    """
    return field(default=default, metadata={WHERE: True})


def nothing_else(_: Any) -> Mapping[str, object]:
    """Of a study whose settings say everything: there are no files behind them."""
    return {}


@dataclass(frozen=True)
class Study:
    """What is measured, in a module that names it `STUDY`; the study is named as its module.

    Attributes
    ----------
    question : what it answers, in a sentence
    settings : a frozen dataclass of bool, int, float and str, tuples of such, or such or None, all with defaults; those
        of `where` say where and not what
    measure : from the settings and a seed to the rows of the study's table, or of each of its tables by name
    seeds : how many seeds the published tables have: 0..seeds-1
    tables : the names of the tables it writes; by default one, named as the study
    small : settings for a first look, which `make smoke` draws its figures from
    inputs : from the settings to what the rows depend on besides: the content keys of the files that settings name
    """

    question: str
    settings: type[Any]
    measure: Callable[[Any, int], "Rows"]
    seeds: int = 1
    tables: tuple[str, ...] = ()
    small: Mapping[str, Any] = field(default_factory=dict)
    inputs: Callable[[Any], Mapping[str, object]] = nothing_else

    def __post_init__(self) -> None:
        if not isinstance(self.settings, type) or not is_dataclass(self.settings):
            raise ValueError(f"settings={self.settings!r} of a study is not a dataclass")
        lacking = [one.name for one in fields(self.settings) if one.default is MISSING]
        if lacking:
            raise ValueError(f"setting {lacking[0]!r} of a study has no default")
        if not isfunction(self.measure):
            raise ValueError(f"measure={self.measure!r} of a study is not a function")
        wrong = [name for name in self.tables if not name.isidentifier()]
        if wrong:
            raise ValueError(f"table {wrong[0]!r} of a study is not named as a variable would be")

    @property
    def name(self) -> str:
        """That of its module."""
        return self.measure.__module__.rpartition(".")[2]

    @property
    def written(self) -> tuple[str, ...]:
        """The names of its tables."""
        return self.tables or (self.name,)

    @property
    def place(self) -> tuple[str, int]:
        """The file and line where `measure` begins."""
        return source_of(self.measure)

    @cached_property
    def version(self) -> str:
        """A digest of the source that its rows depend on: its module, and all of this package that it imports."""
        return digest(b"".join((ROOT / path).read_bytes() for path in made_of(_relative(Path(getfile(self.measure))))))


def _relative(path: Path) -> Path:
    resolved = path.resolve()
    return resolved.relative_to(ROOT) if resolved.is_relative_to(ROOT) else resolved


def whereabouts(settings: Any) -> set[str]:
    """The names of those settings that say where, and not what."""
    return {one.name for one in fields(settings) if WHERE in one.metadata}


def study_names() -> dict[str, str]:
    """The studies of this package by their names, each with the name of its module; none of them is loaded."""
    return {
        module.name: f"{home}.{module.name}"
        for home in HOMES
        if (spec := find_spec(home)) is not None
        for module in iter_modules(spec.submodule_search_locations)
        if not module.name.startswith("_")
    }


def find_study(name: str) -> Study:
    """The study of this package that has this name, or that of any other module, by its full name with dots.

    Raises
    ------
    ValueError
        There is no such module, or it has no `STUDY`; or it needs an extra that is not installed.
    ForeignCodeError
        The module cannot be imported, or not in `theory.infrastructure.foreign.SECONDS`.
    """
    module = name if "." in name else study_names().get(name, name)  # the rooms above take seconds to load
    try:
        found = getattr(contained(import_module, module, name=f"study {name!r}", seconds=SECONDS), "STUDY", None)
    except ForeignCodeError as error:
        cause = error.__cause__
        if isinstance(cause, ImportError) and advice(cause):
            raise ValueError(f"study {name!r} needs {cause.name}{advice(cause)}") from error
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if missing is None or not f"{module}.".startswith(f"{missing}."):
            raise
        found = None
    if not isinstance(found, Study):
        raise ValueError(f"study {name!r} is none of {', '.join(study_names())}, nor a module with a STUDY")
    return found


def digest(content: bytes) -> str:
    """What stands for some bytes in the names of files: 128 bits of their SHA-256."""
    return hashlib.sha256(content).hexdigest()[:32]
