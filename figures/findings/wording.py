"""Formats of the numbers in the findings, and breaks of their lines."""

import re
from collections.abc import Callable, Iterable, Sequence
from textwrap import fill
from typing import Any

WIDTH = 120
KEPT = "\N{NO-BREAK SPACE}"  # where no line is broken


def fixed(value: float, digits: int = 2) -> str:
    """A number with so many digits after the point."""
    return f"{value:.{digits}f}"


def signed(value: float, digits: int = 3) -> str:
    """A change, with its sign."""
    return f"{value:+.{digits}f}"


def percent(share: float, digits: int = 0) -> str:
    """A share, in percent."""
    return f"{share:.{digits}%}"


def counted(number: int) -> str:
    """A count, its thousands apart."""
    return f"{number:,}"


def give_or_take(value: Sequence[float], digits: int = 1) -> str:
    """A mean and half the width of its interval."""
    return f"{value[0]:.{digits}f} ± {value[1]:.{digits}f}"


def signed_give_or_take(value: Sequence[float], digits: int = 1) -> str:
    """A mean change and half the width of its interval."""
    return f"{value[0]:+.{digits}f} ± {value[1]:.{digits}f}"


def percent_give_or_take(value: Sequence[float], digits: int = 1) -> str:
    """A mean share and half the width of its interval, in percent."""
    return f"{value[0]:.{digits}%} ± {value[1]:.{digits}%}"


def interval(value: Sequence[float], digits: int = 2) -> str:
    """A value and the ends of its interval."""
    return f"{value[0]:.{digits}f} [{value[1]:.{digits}f}, {value[2]:.{digits}f}]"


def listed(items: Iterable[object]) -> str:
    """Items in a sentence."""
    *most, last = [str(item) for item in items]
    return f"{', '.join(most)} and {last}" if most else last


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        fixed,
        signed,
        percent,
        counted,
        give_or_take,
        signed_give_or_take,
        percent_give_or_take,
        interval,
        listed,
    )
}


def paragraphs(text: str) -> list[str]:
    """The parts of a text between its empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def wrapped(text: str) -> str:
    """Paragraphs in lines of at most `WIDTH`; headings, tables and pictures stay as they are."""
    return "\n\n".join(part if part.startswith(("#", "|", "![")) else _filled(part) for part in paragraphs(text))


def _filled(paragraph: str) -> str:
    """Break a paragraph into lines; neither code nor a value and its interval is torn apart."""
    whole = re.sub(r"`[^`]*`|\S+ ± \S+", lambda match: match.group().replace(" ", KEPT), " ".join(paragraph.split()))
    return fill(whole, WIDTH, break_long_words=False, break_on_hyphens=False).replace(KEPT, " ")
