"""Messages about unknown names, and about rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

LISTED = 10  # rows in a message

Item = TypeVar("Item")


def unknown_name(what: str, name: str, names: Iterable[str]) -> str:
    """Message on an unknown name, with the nearest known name, or all names if none is near."""
    options = list(names)
    near = get_close_matches(name, options, n=1)
    if near:
        return f"{what} {name!r} is none of {len(options)}: is it {near[0]!r}?"
    return f"{what} {name!r} is none of {', '.join(options)}"


def find_named(what: str, name: str, items: Mapping[str, Item]) -> Item:
    """The item with this name. Raises `ValueError` as `require_named`."""
    require_named(what, name, items)
    return items[name]


def require_named(what: str, name: str, names: Collection[str]) -> None:
    """Raise a `ValueError` for an unknown name, with the nearest known name or all names."""
    if name not in names:
        raise ValueError(unknown_name(what, name, names))


def listed_rows(numbers: Sequence[int]) -> str:
    """Count and numbers of rows, at most `LISTED` numbers: `3 rows (0, 4, 17)`."""
    first = ", ".join(map(str, numbers[:LISTED]))
    return f"{len(numbers)} row{'s' * (len(numbers) > 1)} ({first}{', ...' * (len(numbers) > LISTED)})"
