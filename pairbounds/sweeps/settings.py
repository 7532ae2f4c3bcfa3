"""Settings of a study or a graph: a frozen dataclass, filled from presets, TOML files and the command line."""

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pairbounds.infrastructure.checks import require_named
from pairbounds.infrastructure.inputs import require_file

ENTRY = re.compile(r"^(\w[\w, ]*?) : (.*)$")
GIVEN, UNSTATED = "given", "not stated: ours"
PLACE = "place"  # metadata of settings such as a folder or a device

Kind = TypeVar("Kind")
Value = TypeVar("Value")


def place(default: Value) -> Value:
    """Default of a setting, such as a folder or a device, that does not affect the rows."""
    return field(default=default, metadata={PLACE: True})


def places(settings: Any) -> set[str]:
    """Names of the settings marked by `place`."""
    return {setting.name for setting in fields(settings) if PLACE in setting.metadata}


def as_settings(kind: type[Kind], settings: Kind | Mapping[str, Any] | None) -> Kind:
    """Convert to settings: from an instance, a mapping by name, or `None` for the defaults."""
    if settings is None or isinstance(settings, Mapping):
        chosen: Kind = chosen_settings(kind, settings or {})
        return chosen
    if not isinstance(settings, kind):
        name = kind.__name__
        raise ValueError(f"{settings!r} is not of type {name}: give {name}(...), or a dict of settings")
    return settings


def chosen_settings(
    kind: type[Any], values: Mapping[str, object], overrides: Mapping[str, object] | None = None
) -> Any:
    """Instance of a settings dataclass, with values checked against the types of the fields.

    Its optional class method `completed_settings` adapts the other values to the `overrides` (by default all).
    """
    hints = get_type_hints(kind)
    for name in values:
        require_named("setting", name, [setting.name for setting in fields(kind)])
    typed = {name: _typed(name, value, hints[name]) for name, value in values.items()}
    complete = getattr(kind, "completed_settings", None)
    return kind(**(typed if complete is None else complete(typed, overrides or values)))


def _typed(name: str, value: object, hint: Any) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"setting {name}={value!r} is not a finite number")
    for kind in _alternatives(hint):
        if type(value) is kind:
            return value
        if type(value) is int and kind is float:
            return float(value)
        if get_origin(kind) is tuple and isinstance(value, list | tuple):
            return tuple(_typed(name, element, get_args(kind)[0]) for element in value)
    raise ValueError(f"setting {name}={value!r} is not of type {getattr(hint, '__name__', hint)}")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """Types that a hint allows. A `Literal` allows the types of its values."""
    if get_origin(hint) is Literal:
        return tuple(dict.fromkeys(type(value) for value in get_args(hint)))
    return get_args(hint) if NoneType in get_args(hint) else (hint,)


@dataclass(frozen=True)
class Preset:
    """Named values of several settings.

    Attributes
    ----------
    values : values by name of the setting; the others have their defaults
    seeds : number of seeds; by default that of the study
    source : publication of the values, in words
    unstated : settings that the source does not state
    """

    values: Mapping[str, Any]
    seeds: int | None = None
    source: str = ""
    unstated: Collection[str] = ()

    def lines(self, settings: Any, names: Collection[str]) -> list[str]:
        """A line for each setting: its value, and whether the user gave it or the source does not state it."""
        marks = dict.fromkeys(self.unstated, UNSTATED) | dict.fromkeys(names, GIVEN)
        lines = [self.source] if self.source else []
        for setting in fields(settings):
            value = shown(getattr(settings, setting.name))
            lines.append(f"  {setting.name:<20} {value:<20} {marks.get(setting.name, '')}".rstrip())
        return lines


def shown(value: object) -> str:
    """A value in the syntax of TOML and `--set`; "-" for `None`."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def given_settings(file: Path | None, assignments: Sequence[str]) -> dict[str, Any]:
    """Settings of a TOML file, overridden by NAME=VALUE from the command line.

    A value that is not TOML is read as text.
    """
    settings: dict[str, Any] = {}
    if file is not None:
        require_file(file, "file of settings")
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"settings {file}: {error}") from error
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise ValueError(f"the setting {assignment!r} has no value: write NAME=VALUE")
        try:
            settings[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            settings[name] = value
    return settings


def setting_rows(kind: type[Any]) -> list[tuple[str, str, str]]:
    """Name, default and meaning of each setting; the meaning is from `Attributes` in the docstrings."""
    meanings = {name: text for base in reversed(kind.__mro__) for name, text in _attributes(base.__doc__ or "")}
    return [(setting.name, shown(setting.default), meanings.get(setting.name, "")) for setting in fields(kind)]


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    _, _, section = cleandoc(text).partition("Attributes\n----------\n")
    section = re.split(r"\n\n\w+\n---", section)[0]
    for entry in re.split(r"\n(?=\w)", section):
        if match := ENTRY.match(" ".join(entry.split())):
            for name in match[1].split(","):
                yield name.strip(), match[2]


def files_in(settings: Any) -> list[Path]:
    """Files that settings name. They are inputs, which a command never overwrites."""
    values = [getattr(settings, setting.name) for setting in fields(settings)]
    return [Path(value) for value in values if isinstance(value, str) and Path(value).is_file()]
