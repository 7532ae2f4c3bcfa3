"""Parts of a report: sections, each with facts, pictures, tables and origins."""

import base64
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from pairbounds.infrastructure.pictures import save_picture

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
    rows : numbers are set as such and sorted by value
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
    """A picture as a data URI, what replaces it for who cannot see it, and the caption below."""

    uri: str
    alt: str
    caption: str = ""


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
    facts: Mapping[str, object] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    origins: Sequence["Origin"] = ()


def data_uri(picture: Path) -> str:
    """A picture as an address that holds all of it."""
    return f"data:{MIME[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def embedded(picture: Figure) -> str:
    """A figure of matplotlib as the data URI of a PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        save_picture(picture, path)
        return data_uri(path)
