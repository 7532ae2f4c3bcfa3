"""Number formats and line breaks of the findings."""

import re
from collections.abc import Callable, Iterable
from textwrap import fill

WIDTH = 120
UNBROKEN = re.compile(r"`[^`]*`|\S+ ± \S+|([-+.\d]+ )?\[[^]]*\]")
KEPT = "\N{NO-BREAK SPACE}"  # prevents a line break


def listed(items: Iterable[object]) -> str:
    """Items as an enumeration in a sentence."""
    *start, final = map(str, items)
    return f"{', '.join(start)} and {final}" if start else final


FILTERS: dict[str, Callable[..., str]] = {  # of the template: numbers, values with half-widths, or intervals
    "fixed": lambda value, digits=2: f"{value:.{digits}f}",
    "signed": lambda value, digits=3: f"{value:+.{digits}f}",
    "percent": lambda share, digits=0: f"{share:.{digits}%}",
    "counted": lambda number: f"{number:,}",
    "give_or_take": lambda value, digits=1: f"{value[0]:.{digits}f} ± {value[1]:.{digits}f}",
    "signed_give_or_take": lambda value, digits=1: f"{value[0]:+.{digits}f} ± {value[1]:.{digits}f}",
    "percent_give_or_take": lambda value, digits=1: f"{value[0]:.{digits}%} ± {value[1]:.{digits}%}",
    "interval": lambda value, digits=2: f"{value[0]:.{digits}f} [{value[1]:.{digits}f}, {value[2]:.{digits}f}]",
    "listed": listed,
}


def paragraphs(text: str) -> list[str]:
    """Parts of a text between empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def wrapped(text: str) -> str:
    """Wrap paragraphs to lines of at most `WIDTH`; headings, tables and pictures are unchanged."""
    return "\n\n".join(part if part.startswith(("#", "|", "![")) else _filled(part) for part in paragraphs(text))


def _filled(paragraph: str) -> str:
    """Wrap a paragraph without breaks in code or between a value and its interval."""
    text = UNBROKEN.sub(lambda match: match.group().replace(" ", KEPT), " ".join(paragraph.split()))
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False).replace(KEPT, " ")
