"""Checks of hypotheses, widths and names, with the messages of their errors."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import numpy as np

RANGE = re.compile(r"\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?(?::\s*(-?\d+)\s*)?")
FORMS = "write 8, or 4,8,16, or 2:40 (from 2 to 40), or 2:40:2 (every second)"
MOST = 10_000  # widths in a range; a typing error must not start days of work
LISTED = 10  # rows in a message

Item = TypeVar("Item")


class HypothesisError(ValueError):
    """A hypothesis of a statement does not hold. The message names it."""


def require(condition: object, hypothesis: str) -> None:
    """Raise `HypothesisError` with this text unless the condition holds."""
    if not condition:
        raise HypothesisError(hypothesis)


def require_width(shape: tuple[int, int], k: object) -> None:
    """Raise `ValueError` unless k is an integer in 1..min(shape), the number of singular values."""
    smaller = min(shape)
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise ValueError(f"k={k!r} is a {type(k).__name__}, not an integer: give a width in 1..{smaller}")
    if not 1 <= k <= smaller:
        raise ValueError(f"k={k!r} is not in 1..{smaller}: at most {smaller} singular triplets (the smaller side)")


def is_integer(value: object, least: float, most: float = np.inf) -> bool:
    """Test whether a value is an integer in least..most, and not a boolean."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(least <= value <= most)


def require_positive_counts(settings: object) -> None:
    """Raise `ValueError` unless every attribute whose name begins with `n_` is a positive integer."""
    for name, value in vars(settings).items():
        if name.startswith("n_") and (not isinstance(value, int | np.integer) or value < 1):
            raise ValueError(f"{name}={value!r} is not a positive integer")


def require_probabilities(**values: float) -> None:
    """Raise `ValueError` unless all are in [0, 1]."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name}={value!r} is not a probability: 0 <= {name} <= 1")


# Widths: one, or several.


def several(k: Any) -> bool:
    """Test whether k is a sequence of widths, and neither a single width nor text."""
    return isinstance(k, Iterable) and not isinstance(k, str | bytes) and getattr(k, "ndim", 1) > 0


def widths_of(shape: tuple[int, int], k: Any) -> tuple[int, ...]:
    """Checked widths of a graph of this shape, in the given order."""
    if getattr(k, "ndim", 1) > 1:
        raise ValueError(f"k has shape {k.shape}: give a width, or a one-dimensional array")
    widths = tuple(k) if several(k) else (k,)
    if not widths:
        raise ValueError("k is empty: give a width, or several, such as range(2, 41)")
    for width in widths:
        require_width(shape, width)
    return tuple(map(int, widths))


def parsed_widths(text: str, name: str = "k", what: str = "width") -> tuple[int, ...]:
    """Parse widths or other sizes: `8`, `4,8,16`, `2:40` (with both ends), `2:40:2`. Sorted, without duplicates."""
    widths = {width for part in text.split(",") for width in _parsed(part, f"{name}={text!r}", what)}
    return tuple(sorted(widths))


def _parsed(part: str, text: str, what: str) -> range:
    """Numbers of one part between commas: `first`, `first:last` or `first:last:step`."""
    match = RANGE.fullmatch(part)
    if match is None:
        raise ValueError(f"{text}: {part!r} is not a {what} or a range of {what}s: {FORMS}")
    first, last, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
    if step < 1 or last < first:
        raise ValueError(f"{text}: {part!r} is an empty range of {what}s: {FORMS}")
    numbers = range(first, last + 1, step)
    if len(numbers) > MOST:
        raise ValueError(f"{text} asks for {len(numbers)} {what}s in {part!r}, more than {MOST}: {FORMS}")
    return numbers


# Names, and numbers of rows.


def require_named(what: str, name: str, names: Iterable[str]) -> None:
    """Raise a `ValueError` for an unknown name, with the nearest known name, or all names if none is near."""
    known = list(names)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"{len(known)}: is it {near[0]!r}?" if near else ", ".join(known)
        raise ValueError(f"{what} {name!r} is none of {hint}")


def find_named(what: str, name: str, items: Mapping[str, Item]) -> Item:
    """The item with this name. Raises `ValueError` as `require_named`."""
    require_named(what, name, items)
    return items[name]


def listed_rows(numbers: Sequence[int]) -> str:
    """Count and numbers of rows, at most `LISTED` numbers: `3 rows (0, 4, 17)`."""
    first = ", ".join(map(str, numbers[:LISTED]))
    return f"{len(numbers)} row{'s' * (len(numbers) > 1)} ({first}{', ...' * (len(numbers) > LISTED)})"
