"""Messages about names that do not exist, and about rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

LISTED = 10  # rows that a message names

Item = TypeVar("Item")


def unknown_name(what: str, name: str, known: Iterable[str], more: str = "") -> str:
    """Message on an unknown name: the known one that is near, or where none is near, all of them."""
    there = list(known)
    near = get_close_matches(name, there, n=1)
    if near:
        return f"{what} {name!r} is none of {len(there)}{more}: is it {near[0]!r}?"
    return f"{what} {name!r} is none of {', '.join(there)}{more}"


def find_named(what: str, name: str, known: Mapping[str, Item]) -> Item:
    """The thing of a name, or a `ValueError` with the near ones."""
    require_named(what, name, known)
    return known[name]


def require_named(what: str, name: str, known: Collection[str]) -> None:
    """Raise a `ValueError` that lists near names, or all, if the name is unknown."""
    if name not in known:
        raise ValueError(unknown_name(what, name, known))


def listed_rows(numbers: Sequence[int]) -> str:
    """The count and the numbers of rows, of many the first `LISTED`: `3 rows (0, 4, 17)`."""
    first = ", ".join(map(str, numbers[:LISTED]))
    return f"{len(numbers)} row{'s' * (len(numbers) > 1)} ({first}{', ...' * (len(numbers) > LISTED)})"
