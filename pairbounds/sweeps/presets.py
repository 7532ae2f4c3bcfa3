"""Settings of a study by a preset, a TOML file and the command line, and the meaning of each."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from inspect import cleandoc
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.inputs import require_file

ENTRY = re.compile(r"^(\w[\w, ]*?) : (.*)$")
GIVEN, UNSTATED = "given", "not stated: ours"


@dataclass(frozen=True)
class Preset:
    """Values of several settings under one name.

    Attributes
    ----------
    values : by the names of the settings; the others have their defaults
    seeds : how many; by default as many as the study has
    source : the publication that the values are from, in words
    unstated : settings that the source does not state
    """

    values: Mapping[str, Any]
    seeds: int | None = None
    source: str = ""
    unstated: Collection[str] = field(default_factory=tuple)

    def lines(self, settings: Any, given: Collection[str]) -> list[str]:
        """A line for each setting: its value, and a mark if it was given or is not stated by the source."""
        marks = dict.fromkeys(self.unstated, UNSTATED) | dict.fromkeys(given, GIVEN)
        rows = [(one.name, getattr(settings, one.name)) for one in fields(settings)]
        lines = [f"  {name:<20} {shown(value):<20} {marks.get(name, '')}".rstrip() for name, value in rows]
        return [self.source, *lines] if self.source else lines


def shown(value: object) -> str:
    """A value of a setting as a TOML file or `--set` has it; "-" where there is none."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def given_settings(file: Path | None, given: Sequence[str]) -> dict[str, Any]:
    """The settings of a TOML file, and over them those of the command line, NAME=VALUE each.

    A value is read as TOML has it; what is no TOML is text.
    """
    found: dict[str, Any] = {}
    if file is not None:
        require_file(file, "file of settings")
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"settings {file}: {error}") from error
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise ValueError(f"--set {one}: write NAME=VALUE")
        try:
            found[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = value
    return found


def meanings(kind: type[Any]) -> dict[str, str]:
    """The meaning of each setting of a dataclass, from `Attributes` in its docstring and in those it inherits."""
    return {name: text for one in reversed(kind.__mro__) for name, text in _attributes(one.__doc__ or "")}


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    _, _, section = cleandoc(text).partition("Attributes\n----------\n")
    section = re.split(r"\n\n\w+\n---", section)[0]
    for entry in re.split(r"\n(?=\w)", section):
        if match := ENTRY.match(" ".join(entry.split())):
            yield from ((name.strip(), match[2]) for name in match[1].split(","))


def setting_rows(kind: type[Any]) -> list[tuple[str, str, str]]:
    """The name, default and meaning of each setting."""
    about = meanings(kind)
    return [(one.name, shown(one.default), about.get(one.name, "")) for one in fields(kind)]


def files_in(settings: Any) -> list[Path]:
    """The files that settings name: a command never writes over them."""
    values = [getattr(settings, one.name) for one in fields(settings)]
    return [Path(value) for value in values if isinstance(value, str) and Path(value).is_file()]
