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

MIME = {".png": "image/png", ".svg": "image/svg+xml"}  # of pictures in browsers


@dataclass(frozen=True, eq=False)
class Table:
    """A sortable table of which the first `most` rows are shown, optionally folded."""

    caption: str
    frame: pd.DataFrame
    folded: bool = False
    most: int = 3_000

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Rows that are shown."""
        return list(self.frame.head(self.most).astype(object).itertuples(index=False, name=None))

    @property
    def left_out(self) -> int:
        """Number of rows that are not shown."""
        return max(0, len(self.frame) - self.most)


@dataclass(frozen=True)
class Picture:
    """A picture as a data URI, its alternative text, and its caption."""

    uri: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a report, about one file or folder.

    Attributes
    ----------
    kind : kind of the file, such as a check or a sweep
    title, verdict : heading, and result in a sentence or two
    question : question of a study
    alarm : True if a claim is violated
    facts : values by name
    notes : sentences below the tables
    origins : origins of the tables
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
    """Data URI of a picture."""
    return f"data:{MIME[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def embedded(picture: Figure) -> str:
    """Data URI of a matplotlib figure as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        save_picture(picture, path)
        return data_uri(path)
