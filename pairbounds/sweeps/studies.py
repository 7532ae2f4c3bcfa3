"""A study: a question, its settings, and what is measured with one choice of them and one seed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from inspect import getdoc, getfile, getsource
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pairbounds.infrastructure.extras import advice
from pairbounds.infrastructure.foreign import (
    ForeignResultError,
    call_foreign,
    is_foreign,
    require_arguments,
    source_of,
)
from pairbounds.infrastructure.names import unknown_name
from pairbounds.infrastructure.registers import Register
from pairbounds.plugins import LOADED, Plugin
from pairbounds.sweeps.presets import Preset
from pairbounds.sweeps.sources import ROOT, dependencies, dependencies_of_text

if TYPE_CHECKING:
    import pandas as pd

    Rows: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame]

HOMES = ("pairbounds.simulations.studies", "pairbounds.real_data.studies")  # packages with a study in each module
SMALL, FEW = "small", 2  # the preset of a first look, and its seeds
ARGUMENTS = ("settings", "seed")  # of `measure`
PLUGINS = "plugins"  # among the inputs of what is measured: the versions of those that are loaded
PLACE = "place"  # of a setting that says where or with what is measured, and not what

Value = TypeVar("Value")


def place(default: Value) -> Value:
    """The default of a setting that says where or on what device something is measured, which rows do not depend on."""
    return field(default=default, metadata={PLACE: True})


def nothing_else(_: Any) -> Mapping[str, object]:
    """Default: no external inputs."""
    return {}


def alone(_settings: Any, _seeds: Sequence[int], _jobs: int) -> AbstractContextManager[bool]:
    """Default: one process measures the study, and writes its tables."""
    return nullcontext(enter_result=True)


@dataclass(frozen=True)
class Study:
    """Measurement in a module that names it `STUDY`, or by a function under `@study(name)`.

    Attributes
    ----------
    question : what it answers, in a sentence
    settings : a frozen dataclass of bool, int, float and str, tuples of such, or such or None, all with defaults; those
        of `place` say where and not what
    measure : from the settings and a seed to the rows of the study's table, or of each of its tables by name
    seeds : how many seeds the published tables have: 0..seeds-1
    tables : the names of the tables it writes; by default one, named as the study
    small : settings for a first look, which `make smoke` draws its figures from: the preset "small"
    presets : values of several settings by a name, as of a published experiment
    inputs : from the settings to what the rows depend on besides: the content keys of the files that settings name
    columns : those that each table has at least, by its name, in one text or several: rows without them are refused,
        and so is a table that is to be drawn. A setting and the seed may be among them, which a sweep adds
    forecast : from settings, seeds and number of processes to how much there is to do, in words, where that is known
    summary : from the tables and the settings to lines that are printed below
    along : from settings, seeds and number of processes to a context in which the study is measured, which tells
        whether this process writes the tables; where others do, it works along with them
    registered : its name, where it is not that of its module
    """

    question: str
    settings: type[Any]
    measure: Callable[[Any, int], "Rows"]
    seeds: int = 1
    tables: tuple[str, ...] = ()
    small: Mapping[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    inputs: Callable[[Any], Mapping[str, object]] = nothing_else
    columns: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    forecast: Callable[[Any, Sequence[int], int], str] | None = None
    summary: Callable[[Mapping[str, "pd.DataFrame"], Any], Sequence[str]] | None = None
    along: Callable[[Any, Sequence[int], int], AbstractContextManager[bool]] = alone
    registered: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.settings, type) or not is_dataclass(self.settings):
            raise ValueError(f"settings={self.settings!r} of a study is not a dataclass")
        if not self.settings.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise ValueError(f"settings={self.settings!r} of a study is not frozen: write @dataclass(frozen=True)")
        lacking = [one.name for one in fields(self.settings) if one.default is MISSING]
        if lacking:
            raise ValueError(f"setting {lacking[0]!r} of a study has no default")
        unknown = [name for name in self.columns if name not in self.written]
        if unknown:
            raise ValueError(f"columns of {unknown[0]!r}, which is none of its tables {', '.join(self.written)}")
        require_arguments(self.measure, ARGUMENTS, f"measure of {self.about}")

    @property
    def name(self) -> str:
        """Name under which it is registered, or that of its module."""
        return self.registered or self.measure.__module__.rpartition(".")[2]

    @property
    def written(self) -> tuple[str, ...]:
        """The names of its tables."""
        return self.tables or (self.name,)

    def declared(self, table: str) -> list[str]:
        """The columns that one of its tables has at least."""
        given = self.columns.get(table, ())
        return given.split() if isinstance(given, str) else list(given)

    @property
    def every_preset(self) -> dict[str, Preset]:
        """Presets of the study, and "small"."""
        return {SMALL: Preset(self.small, seeds=min(FEW, self.seeds)), **self.presets}

    @property
    def source(self) -> tuple[str, int]:
        """The file and line where `measure` begins."""
        return source_of(self.measure)

    @property
    def about(self) -> str:
        """Name of the study in errors."""
        return f"study {self.name!r}"

    @property
    def foreign(self) -> bool:
        """Test whether the study is a user's, and not of this package."""
        return is_foreign(self.measure)

    def call(self, function: Callable[..., Value], *arguments: Any) -> Value:
        """Value of a function of its settings; a user's may fail with a `ValueError` or `ForeignCodeError`."""
        if not self.foreign:
            return function(*arguments)
        passing = (ValueError, OSError)
        return call_foreign(function, *arguments, name=self.about, place=self.source, passing=passing)

    def depends_on(self, settings: Any) -> dict[str, object]:
        """Inputs of rows besides settings and source: files that settings name, and plugins that are loaded."""
        plugins = sorted(f"{Path(plugin.path).name} {_version(plugin)}" for plugin in LOADED)
        return {**self.inputs(settings), **({PLUGINS: plugins} if plugins else {})}

    def wrong(self, what: str) -> ForeignResultError:
        """Error to be raised where `measure` returns what it may not."""
        return ForeignResultError(self.about, *self.source, what)

    @cached_property
    def version(self) -> str:
        """A digest of the source that its rows depend on: its module, and all of this package that it imports."""
        plugin = next((one for one in LOADED if one.path == self.source[0]), None)
        if plugin is not None:
            return _version(plugin)
        if not Path(getfile(self.measure)).is_file():  # a cell of a notebook
            return digest(getsource(self.measure).encode())
        files = dependencies(_relative(Path(getfile(self.measure))))
        return digest(b"".join((ROOT / path).read_bytes() for path in files))


STUDIES: Register[Study] = Register("a study", source=lambda one: one.measure)


def study(
    name: str,
    *,
    settings: type[Any],
    question: str = "",
    seeds: int = 1,
    tables: Sequence[str] = (),
    columns: Mapping[str, str | Sequence[str]] | None = None,
    small: Mapping[str, Any] | None = None,
    inputs: Callable[[Any], Mapping[str, object]] = nothing_else,
) -> Callable[[Callable[[Any, int], "Rows"]], Study]:
    """Register a function `measure(settings, seed)` as a study, which `pairbounds study` and sweeps then know by name.

    It returns a `pandas.DataFrame`, or several by the names of the `tables`. Rows may depend on the settings and the
    seed, and on nothing else: a cell of a sweep is kept for as long as these, the files of `inputs` and the sources
    are the same. The other arguments are as in `Study`; the question is by default the first line of the docstring.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"the name {name!r} of a study is not one that a variable could have")

    def entry(measure: Callable[[Any, int], "Rows"]) -> Study:
        if name in study_names():
            raise ValueError(f"a study named {name!r} is part of this package: choose another name")
        asked = question or (getdoc(measure) or "").partition("\n")[0]
        return Study(
            asked, settings, measure, seeds, tuple(tables), small or {}, {}, inputs, columns or {}, registered=name
        )

    return STUDIES.registering(name, entry)


def _version(plugin: Plugin) -> str:
    """A digest of a plugin, and of all of this package that it imports."""
    files = dependencies_of_text(plugin.content)
    return digest(b"".join([plugin.content, *((ROOT / file).read_bytes() for file in files)]))


def _relative(path: Path) -> Path:
    absolute = path.absolute()  # not resolved: it may be reached by a link of the package
    return absolute.relative_to(ROOT) if absolute.is_relative_to(ROOT) else absolute


def places(settings: Any) -> set[str]:
    """The names of those settings that say where, and not what."""
    return {one.name for one in fields(settings) if PLACE in one.metadata}


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
    """The study of this package or of a plugin that has this name; a `ValueError` where an extra of it is missing."""
    if name in STUDIES:
        return STUDIES[name]
    own = study_names()
    if name not in own:
        raise ValueError(unknown_name("study", name, [*own, *STUDIES]))
    try:
        found: Study = import_module(own[name]).STUDY  # the rooms above take seconds to load
    except ImportError as error:
        if not advice(error):
            raise
        raise ValueError(f"study {name!r} needs {error.name}{advice(error)}") from error
    return found


def digest(content: bytes) -> str:
    """Digest of some bytes for the names of files: 128 bits of their SHA-256."""
    return hashlib.sha256(content).hexdigest()[:32]
