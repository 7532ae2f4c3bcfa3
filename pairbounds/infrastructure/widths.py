"""Parsing of widths: one, or several."""

from collections.abc import Iterable
from typing import Any

from pairbounds.infrastructure.checks import require_width

FORMS = "write 8, or 4,8,16, or 2:40 (from 2 to 40), or 2:40:2 (every second)"
MOST = 10_000  # widths in a range; a typing error must not start days of work


def several(k: Any) -> bool:
    """Test whether k is a sequence of widths, and neither a single width nor text."""
    return isinstance(k, Iterable) and not isinstance(k, str | bytes) and getattr(k, "ndim", 1) > 0


def widths_of(shape: tuple[int, int], k: Any) -> tuple[int, ...]:
    """Checked widths, in the given order.

    Parameters
    ----------
    shape : (n_left, n_right)
    k : an integer, or a list, range or array of integers
    """
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
    step = 1
    try:
        match [int(number) for number in part.split(":")]:
            case [first]:
                last = first
            case [first, last]:
                pass
            case [first, last, step]:
                pass
            case _:
                raise ValueError
    except ValueError:
        raise ValueError(f"{text}: {part!r} is not a {what} or a range of {what}s: {FORMS}") from None
    if step < 1 or last < first:
        raise ValueError(f"{text}: {part!r} is an empty range of {what}s: {FORMS}")
    numbers = range(first, last + 1, step)
    if len(numbers) > MOST:
        raise ValueError(f"{text} asks for {len(numbers)} {what}s in {part!r}, more than {MOST}: {FORMS}")
    return numbers
