"""A cell of a sweep: one study with one choice of settings and one seed."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from io import BytesIO
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pairbounds.infrastructure.foreign import call_foreign
from pairbounds.infrastructure.names import unknown_name
from pairbounds.plugins import LOADED, Plugin, require_loaded
from pairbounds.sweeps.studies import Study, digest, find_study, places

if TYPE_CHECKING:
    import pandas as pd

Kind = TypeVar("Kind")
SEED = "seed"
Tables = Mapping[str, bytes]  # Parquet files by the names of the tables


@dataclass(frozen=True)
class Cell:
    """Cell of a sweep: all that one measurement depends on, and nothing else.

    Attributes
    ----------
    study : its name
    version : of the source of the study
    settings : an instance of the study's settings
    seed : at least 0
    inputs : the content keys of what the settings name, as JSON
    """

    study: str
    version: str
    settings: Any
    seed: int
    inputs: str = "{}"

    @cached_property
    def key(self) -> str:
        """A digest of all of it: two cells have one key just when they are equal, but for where they are measured."""
        return digest(json.dumps(self.record(), sort_keys=True).encode())

    def record(self) -> dict[str, Any]:
        """All of it but where it is measured."""
        settings = {name: one for name, one in asdict(self.settings).items() if name not in places(self.settings)}
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"settings": settings}

    def __reduce__(self) -> tuple[Any, ...]:
        """Cell on its way to a worker, which runs the same plugins: its settings may be of one, and known nowhere."""
        settings = tuple(asdict(self.settings).items())
        return _received, (self.study, self.version, settings, self.seed, self.inputs, tuple(LOADED))

    def measure(self) -> Tables:
        """The rows of this cell, a Parquet file for each table; errors of the study's own pass.

        A `ForeignResultError` tells that it returned something else than the tables that it says it writes, each with
        its columns and a row at least.
        """
        study = find_study(self.study)
        if study.version != self.version:
            raise ValueError(f"this worker has other source code of {self.study!r} than the sweep: install the same")
        rows: object = call_foreign(
            study.measure, self.settings, self.seed, name=study.about, place=study.source, passing=(Exception,)
        )
        return {name: self._stored(table) for name, table in _named(rows, study).items()}

    def _stored(self, table: "pd.DataFrame") -> bytes:
        for name, value in {SEED: self.seed, **asdict(self.settings)}.items():
            if name in table.columns and not _is_throughout(value, table[name]):
                raise ValueError(f"column {name!r} of {self.study!r} is named as a setting, and is not its value")
        buffer = BytesIO()
        table.to_parquet(buffer, index=False)
        return buffer.getvalue()


def _is_throughout(value: object, column: "pd.Series[Any]") -> bool:
    """Test whether every row of a column has this value; `None` is a missing one."""
    if isinstance(value, tuple):  # a Series would compare itself with it element by element
        return all(cell == value for cell in column)
    return bool((column.isna() if value is None else column == value).all())


def _named(rows: object, study: Study) -> Mapping[str, "pd.DataFrame"]:
    """The tables by their names."""
    import pandas as pd

    tables: Mapping[str, Any] = rows if isinstance(rows, Mapping) else {study.written[0]: rows}
    for table in tables.values():
        if not isinstance(table, pd.DataFrame):
            raise study.wrong(f"returned no DataFrame, but {type(table).__name__}")
    if tuple(tables) != study.written:
        raise study.wrong(f"returned the tables {', '.join(tables)}: it says {', '.join(study.written)}")
    for name, table in tables.items():
        if table.empty:
            raise study.wrong(f"returned a table {name} of {len(table)} rows and {len(table.columns)} columns")
        declared, added = study.declared(name), {SEED, *(setting.name for setting in fields(study.settings))}
        if not {*declared} <= {*table.columns} | added:
            found = ", ".join(map(str, table.columns))
            raise study.wrong(f"returned the columns {found}: it says {', '.join(declared)}")
    return tables


def _received(
    study: str, version: str, settings: tuple[tuple[str, Any], ...], seed: int, inputs: str, plugins: tuple[Plugin, ...]
) -> Cell:
    require_loaded(plugins)
    found = object.__new__(find_study(study).settings)  # they were checked where they are from
    for name, value in settings:
        object.__setattr__(found, name, value)
    return Cell(study, version, found, seed, inputs)


def as_settings(kind: type[Kind], given: Kind | Mapping[str, Any] | None) -> Kind:
    """Settings: as given, by a mapping from their names, or the defaults for `None`."""
    if given is None or isinstance(given, Mapping):
        chosen: Kind = chosen_settings(kind, given or {})
        return chosen
    if not isinstance(given, kind):
        raise ValueError(f"{given!r} is no {kind.__name__}: give {kind.__name__}(...), or a dict of settings")
    return given


def chosen_settings(kind: type[Any], values: Mapping[str, object], given: Mapping[str, object] | None = None) -> Any:
    """An instance of a settings dataclass, its values checked against the types of its fields.

    Its class method `completed_settings`, if it has one, fits other values to those that are `given` (by default all).
    """
    hints = get_type_hints(kind)
    for name in values:
        if name not in hints:
            raise ValueError(unknown_name("setting", name, [field.name for field in fields(kind)]))
    typed = {name: _typed(name, value, hints[name]) for name, value in values.items()}
    complete = getattr(kind, "completed_settings", None)
    return kind(**(typed if complete is None else complete(typed, given or values)))


def _typed(name: str, value: object, hint: Any) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"setting {name}={value!r} is not a finite number")
    for kind in _alternatives(hint):
        if type(value) is kind:
            return value
        if type(value) is int and kind is float:
            return float(value)
        if get_origin(kind) is tuple and isinstance(value, list | tuple):
            return tuple(_typed(name, one, get_args(kind)[0]) for one in value)
    raise ValueError(f"setting {name}={value!r} is not of type {getattr(hint, '__name__', hint)}")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that a hint allows, those of literals in their place."""
    if get_origin(hint) is Literal:
        return tuple(dict.fromkeys(type(one) for one in get_args(hint)))
    return get_args(hint) if NoneType in get_args(hint) else (hint,)
