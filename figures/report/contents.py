"""Parts of a report: sections, each with facts, pictures, tables and origins."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from pairbounds.figures.report.origin import Origin

MIME = {".png": "image/png", ".svg": "image/svg+xml"}  # of pictures that a browser shows


@dataclass(frozen=True)
class Table:
    """A table that a reader can sort.

    Attributes
    ----------
    caption : what it is of
    columns : the headings
    rows : numbers are set as such and sorted by value; `Markup` is kept as it is, and all else escaped
    folded : whether it is shown only when asked for
    left_out : rows that it does not show
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    folded: bool = False
    left_out: int = 0

    @property
    def numeric(self) -> list[bool]:
        """Flags of the columns that hold numbers, and nothing else but blanks."""
        columns = [[row[number] for row in self.rows] for number in range(len(self.columns))]
        return [any(map(_is_number, column)) and all(map(_is_number_or_blank, column)) for column in columns]


def _is_number(cell: object) -> bool:
    return isinstance(cell, Real) and not isinstance(cell, bool)


def _is_number_or_blank(cell: object) -> bool:
    return cell is None or _is_number(cell)


@dataclass(frozen=True)
class Picture:
    """A picture with what is to be seen on it.

    Attributes
    ----------
    drawn : an `<svg>` or other markup, or the data URI of a file
    alt : in place of the picture, for who cannot see it
    caption : below it
    """

    drawn: Markup | str
    alt: str
    caption: str = ""

    @property
    def inline(self) -> bool:
        """True of markup, and not of the address of an image."""
        return isinstance(self.drawn, Markup)


@dataclass(frozen=True)
class Section:
    """A part of a report, about one file or folder.

    Attributes
    ----------
    anchor : where links to it lead
    kind : what it is: a check, a sweep
    title : its heading
    verdict : in a sentence or two, what it says
    question : that it asks, if it is a study
    alarm : whether that is that a claim is violated
    text : paragraphs that are shown when asked for
    facts : known values by their names
    notes : sentences below
    origins : where its tables came from
    """

    anchor: str
    kind: str
    title: str
    verdict: str
    question: str = ""
    alarm: bool = False
    text: Markup | str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    origins: Sequence["Origin"] = ()


@dataclass(frozen=True)
class Group:
    """Sections under one heading, with paragraphs above them."""

    anchor: str
    title: str
    sections: Sequence[Section] = ()
    lead: Markup | str = ""


def data_uri(picture: Path) -> str:
    """A picture as an address that holds all of it."""
    return f"data:{MIME[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"
