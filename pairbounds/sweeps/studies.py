"""Studies: a question, settings, and a function that measures one choice of settings and one seed."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from hashlib import sha256
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeAlias

from pairbounds import __version__
from pairbounds.infrastructure.checks import require_named
from pairbounds.infrastructure.users_code import Register, advice, foreign_code, is_foreign
from pairbounds.sweeps.settings import Preset

if TYPE_CHECKING:
    import pandas as pd

    Tables: TypeAlias = Mapping[str, pd.DataFrame]

HOMES = ("pairbounds.simulations.studies", "pairbounds.real_data.studies")  # packages with a study in each module
SMALL, FEW = "small", 2  # preset for a first look, and its number of seeds


@dataclass(eq=False)
class Study:
    """A measurement: the `STUDY` of a module, or a function under `@study(name)`.

    Attributes
    ----------
    question : the question that it answers, in a sentence
    settings : a frozen dataclass of bool, int, float and str, tuples of these, or these or None, all with defaults. Its
        optional method `input_keys` returns digests of the files that the settings name
    measure : from the settings and a seed, returns the study's table, or its tables by name
    seeds : number of seeds of the published tables, 0..seeds-1
    tables : names of the tables; by default one, named as the study
    small : settings for a first look, the preset "small"
    presets : named values of several settings, such as those of a published experiment
    summary : from the tables and the settings, returns lines that are printed below the tables
    name : by default the name of its module
    slow : True if `pairbounds figures` reads the published tables instead of computing them
    sweep : fixed `settings` and `grid` of the published table, as in `SweepConfiguration`, if it is of a sweep
    """

    question: str
    settings: type[Any]
    measure: Callable[[Any, int], "pd.DataFrame | Tables"]
    seeds: int = 1
    tables: tuple[str, ...] = ()
    small: Mapping[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    summary: Callable[["Tables", Any], Sequence[str]] | None = None
    name: str = ""
    slow: bool = False
    sweep: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.name or self.measure.__module__.rpartition(".")[2]
        self.tables = self.tables or (self.name,)
        self.presets = {SMALL: Preset(self.small, seeds=min(FEW, self.seeds)), **self.presets}
        if not _has_frozen_defaults(self.settings):
            raise ValueError(
                f"study {self.name!r}: settings={self.settings!r} is not a frozen dataclass with a default for "
                "each field: write one under @dataclass(frozen=True)"
            )

    @property
    def is_foreign(self) -> bool:
        """True for a user's study, False for one of this package."""
        return is_foreign(self.measure)

    def naming_errors(self, *passing: type[Exception]) -> AbstractContextManager[None]:
        """Context that adds name, file and line of a user's study to errors, except errors of some types."""
        if not self.is_foreign:
            return nullcontext()
        return foreign_code(f"study {self.name!r}", self.measure, *passing)

    @property
    def version(self) -> str:
        """Version of this package; for a user's study, also a digest of the source of its `measure`."""
        if not self.is_foreign:
            return __version__
        return f"{__version__} {digest(inspect.getsource(self.measure).encode())}"

    @property
    def study_file(self) -> str:
        """SHA-256 of the study's own file; for a user's study, of the source of its `measure`."""
        source = self.measure if self.is_foreign else sys.modules[self.measure.__module__]
        return sha256(inspect.getsource(source).encode()).hexdigest()


def _has_frozen_defaults(kind: Any) -> bool:
    if not isinstance(kind, type) or not is_dataclass(kind):
        return False
    frozen: bool = kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return frozen and all(setting.default is not MISSING for setting in fields(kind))


STUDIES: Register[Study] = Register("study", source=lambda entry: entry.measure)


def study(
    name: str,
    *,
    settings: type[Any],
    question: str = "",
    seeds: int = 1,
    tables: Sequence[str] = (),
    small: Mapping[str, Any] | None = None,
) -> Callable[[Callable[[Any, int], "pd.DataFrame | Tables"]], Study]:
    """Register a function `measure(settings, seed)` as a study, by name, for `pairbounds study` and sweeps.

    The function returns a `pandas.DataFrame`, or several by the names of the `tables`. Rows may depend only on the
    settings and the seed: a cell of a sweep is reused while these, the files of `settings.input_keys`, the version of
    this package and the source of the function are unchanged. The other arguments are as in `Study`. The default
    question is the first line of the docstring.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"the name {name!r} of a study is not a Python identifier: choose another name")

    def entry(measure: Callable[[Any, int], "pd.DataFrame | Tables"]) -> Study:
        if name in study_names():
            raise ValueError(f"study {name!r} is part of this package: choose another name")
        summary = question or (inspect.getdoc(measure) or "").partition("\n")[0]
        return Study(summary, settings, measure, seeds, tuple(tables), small or {}, name=name)

    return STUDIES.registering(name, entry)


def study_names() -> dict[str, str]:
    """Module name of each study of this package, by study name. Imports none of the studies."""
    return {
        module.name: f"{home}.{module.name}" for home in HOMES for module in iter_modules(import_module(home).__path__)
    }


def find_study(name: str) -> Study:
    """Study of this package or of a user, by name. `ValueError` if it is unknown or needs a missing extra."""
    if name in STUDIES:
        return STUDIES[name]
    modules = study_names()
    require_named("study", name, [*modules, *STUDIES])
    try:
        study: Study = import_module(modules[name]).STUDY  # late: these packages take seconds to import
    except ImportError as error:
        if not advice(error):
            raise
        raise ValueError(f"study {name!r} needs {error.name}{advice(error)}") from error
    return study


def loadable_study(name: str) -> Study | None:
    """Study by name; `None` if it is unknown or needs a missing extra."""
    with suppress(ValueError):
        return find_study(name)
    return None


def studies_of(tables: Iterable[str]) -> list[Study]:
    """Studies that write these tables, in order, without studies whose extra is missing."""
    studies = [study for study in map(loadable_study, [*study_names(), *STUDIES]) if study is not None]
    writers = {table: study for study in studies for table in study.tables}
    return list(dict.fromkeys(writers[table] for table in tables if table in writers))


def digest(content: bytes) -> str:
    """Digest of bytes for file names: 128 bits of the SHA-256."""
    return sha256(content).hexdigest()[:32]
