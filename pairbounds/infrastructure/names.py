"""What is said of a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def none_of(what: str, name: str, known: Iterable[str], more: str = "") -> str:
    """Which one it may be meant for, or where none is near, which there are."""
    there = list(known)
    near = get_close_matches(name, there, n=1)
    if near:
        return f"{what} {name!r} is none of {len(there)}{more}: is it {near[0]!r}?"
    return f"{what} {name!r} is none of {', '.join(there)}{more}"
