"""Docstrings as numpydoc has them: here `name : meaning` stands in one line where the signature tells the type."""

import re
from collections.abc import Iterator

NAMED = ("Parameters", "Attributes", "Raises")  # sections whose entries have names
ENTRY = re.compile(r"(?P<indent> *)(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*) : (?P<rest>.+)")
LONG = 80  # characters of a line that goes on below; one with a type alone is shorter


def unfolded(lines: list[str]) -> list[str]:
    """The same docstring, with each meaning below its name or error; several names have an entry each."""
    section, section_lines = "", []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if set(below.strip()) == {"-"}:  # a heading
            section = line.strip()
        entry = ENTRY.fullmatch(line) if section in NAMED else None
        section_lines += [line] if entry is None else _entries(entry, below)
    return section_lines


def _entries(entry: re.Match[str], below: str) -> Iterator[str]:
    indent, rest = entry["indent"], entry["rest"]
    deeper = len(below) - len(below.lstrip()) > len(indent) and bool(below.strip())
    *others, last = entry["names"].split(", ")
    if deeper and len(entry[0]) < LONG:  # a type, and the meaning below it
        yield from (f"{indent}{name} : {rest}" for name in [*others, last])
        return
    for name in others:
        yield f"{indent}{name}"
        yield f"{indent}    {rest}{' ...' if deeper else ''}"
    yield f"{indent}{last}"
    yield f"{indent}    {rest}"
