"""Conversion of docstrings to numpydoc: here, `name : meaning` is one line, as the signature has the type."""

import re
from collections.abc import Iterator

NAMED = ("Parameters", "Attributes", "Raises")  # sections whose entries have names
ENTRY = re.compile(r"(?P<indent> *)(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*) : (?P<meaning>.+)")
LONG = 80  # minimum length of a line that continues below; a line with only a type is shorter


def unfolded(lines: list[str]) -> list[str]:
    """Docstring with each meaning below its name or error, and a separate entry for each name."""
    section, section_lines = "", []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if set(below.strip()) == {"-"}:  # a heading
            section = line.strip()
        entry = ENTRY.fullmatch(line) if section in NAMED else None
        section_lines += [line] if entry is None else _entries(entry, below)
    return section_lines


def _entries(entry: re.Match[str], below: str) -> Iterator[str]:
    indent, meaning = entry["indent"], entry["meaning"]
    deeper = len(below) - len(below.lstrip()) > len(indent) and bool(below.strip())
    *earlier, final = entry["names"].split(", ")
    if deeper and len(entry[0]) < LONG:  # a type, with the meaning below
        yield from (f"{indent}{name} : {meaning}" for name in [*earlier, final])
        return
    for name in earlier:
        yield f"{indent}{name}"
        yield f"{indent}    {meaning}{' ...' if deeper else ''}"
    yield f"{indent}{final}"
    yield f"{indent}    {meaning}"
