"""Parts of a report: sections, each with facts, pictures, tables and origins."""

import base64
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from pairbounds.figures.report.origin import Origin
from pairbounds.infrastructure.pictures import save_picture

MIME = {".png": "image/png", ".svg": "image/svg+xml"}  # of pictures that a browser shows


@dataclass(frozen=True, eq=False)
class Table:
    """A table that a reader can sort, of which the first rows are shown; folded until asked for, perhaps."""

    caption: str
    frame: pd.DataFrame
    folded: bool = False
    most: int = 3_000

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The rows that are shown."""
        return list(self.frame.head(self.most).astype(object).itertuples(index=False, name=None))

    @property
    def left_out(self) -> int:
        """The number of the others."""
        return max(0, len(self.frame) - self.most)


@dataclass(frozen=True)
class Picture:
    """A picture as a data URI, what replaces it for who cannot see it, and the caption below."""

    uri: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a report, about one file or folder.

    Attributes
    ----------
    kind : of the file: a check, a sweep
    title, verdict : heading, and result in a sentence or two
    question : that a study asks
    alarm : True if a claim is violated
    facts : known values by their names
    notes : sentences below
    origins : of its tables
    """

    kind: str
    title: str
    verdict: str = ""
    question: str = ""
    alarm: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    origins: Sequence[Origin] = ()


def data_uri(picture: Path) -> str:
    """A picture as an address that holds all of it."""
    return f"data:{MIME[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def embedded(picture: Figure) -> str:
    """A figure of matplotlib as the data URI of a PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        save_picture(picture, path)
        return data_uri(path)
