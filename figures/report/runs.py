"""Contents of a user's folders of runs: checks, sweeps, studies, audits and pictures, known by what is in them."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairbounds.figures.report import audits, checks, studies
from pairbounds.figures.report.contents import MIME, Picture, Section, Table, data_uri
from pairbounds.figures.report.origin import Origin, origin_of
from pairbounds.figures.report.page import written
from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.pictures import MARKS
from pairbounds.infrastructure.tables import TABLE_SUFFIXES, read_table, sidecar

CELLS = "cells"  # beside the table of a sweep: what it was put together from
FAILURES = "failures.json"
BEGINS = {".png": b"\x89PNG", ".svg": b"<svg"}  # bytes near the beginning of a picture
BEGINNING = 10_000  # bytes, in which they are sought
FIRST_ROWS = 50  # of a table of another command that are shown
WRONG = (ValueError, LookupError, TypeError, AttributeError, OSError)  # what a file that is not as it says may raise


class Refusal(NamedTuple):
    """A file that is not reported, and why."""

    file: Path
    reason: str


@dataclass
class Runs:
    """Sections of what was found, in the order of the folders.

    Attributes
    ----------
    sections : one for each table, audit, figure and picture
    refused : what is not reported
    made : files that the report itself is written into: none of what it is of
    """

    sections: list[Section] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    made: Iterable[Path] = ()
    _known: set[Path] = field(default_factory=set)
    _tables: dict[str, Path] = field(default_factory=dict)

    def read(self, places: Iterable[Path]) -> None:
        """Read folders, and files that are named.

        Raises
        ------
        FileNotFoundError
            There is no such file or folder.
        """
        made = {path.resolve() for path in self.made}
        files = [file for place in places for file in _files(place) if file.resolve() not in made]
        files = list(dict.fromkeys(files))
        for file in files:
            if (summary := audits.summary_of(file)) is not None:
                self._try(self._audit, file, summary)
        for file in files:
            if file not in self._known:
                self._try(self._one, file)
        self._draw()
        self.refused = [one for one in self.refused if one.file not in self._known]

    def add(self, file: Path) -> None:
        """Add a picture or a table of the user's own.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such file, or it is neither.
        """
        require_file(file, "file to add")
        title, about = file.stem.replace("_", " "), {"file": file, "added by": "the author"}
        if file.suffix in TABLE_SUFFIXES:
            self.sections.append(_other(self._anchor(), title, about, read_table(file)))
        elif (mark := BEGINS.get(file.suffix)) and mark in file.read_bytes()[:BEGINNING]:
            picture = Picture(data_uri(file), f"Picture {file.name}.")
            self.sections.append(Section(self._anchor(), "picture", title, "", pictures=[picture], facts=about))
        else:
            raise ValueError(f"cannot add {file}: it is no PNG or SVG picture, and no table in .csv or .parquet")

    def _try(self, read: Callable[..., None], file: Path, *more: Any) -> None:
        """Read a file; what is not as it says is refused, and the others go on."""
        try:
            read(file, *more)
        except WRONG as error:
            self.refused.append(Refusal(file, one_line(f"it cannot be reported: {error}")))

    def _audit(self, file: Path, summary: dict[str, Any]) -> None:
        section, files = audits.section(self._anchor(), file, summary)
        self.sections.append(section)
        self._known |= {one for path in files for one in (path, sidecar(path))}

    def _one(self, file: Path) -> None:
        if file.suffix in TABLE_SUFFIXES:
            self._table(file)
        elif file.suffix in MARKS and MARKS[file.suffix] in file.read_bytes():
            self._picture(file)
        elif not (file.suffix == ".json" and file.with_suffix("").is_file()):  # what says something of a table
            self.refused.append(Refusal(file, "it is no table with columns of ours, no audit and no picture"))

    def _table(self, file: Path) -> None:
        frame, origin = read_table(file), origin_of(file)
        study = studies.study_in(origin)
        if origin is not None and study is not None:
            section = studies.section(self._anchor(), study, file, frame, origin)
            self._known.add(file.with_name(FAILURES))
            if (name := studies.table_named(study, file)) is not None:
                self._tables.setdefault(name, file)
        elif checks.is_check(list(frame.columns)):
            section = checks.section(self._anchor(), file, frame, origin)
        elif origin is not None:
            section = _other(self._anchor(), file.stem.replace("_", " "), {}, frame, [origin])
        else:
            reason = f"it has neither a sidecar {sidecar(file).name} nor the columns of a check"
            self.refused.append(Refusal(file, written(reason)))
            return
        self.sections.append(section)

    def _picture(self, file: Path) -> None:
        if file.suffix not in MIME:
            return  # a PDF: the PNG or the table says the same
        beside = file.with_suffix(".txt")
        caption = beside.read_text(encoding="utf-8").strip() if beside.is_file() else ""
        picture = Picture(data_uri(file), caption.partition(". ")[0] or f"Picture {file.name}.", caption)
        self._known.add(beside)
        self.sections.append(
            Section(self._anchor(), "picture", f"Picture: {file.stem}", "", pictures=[picture], facts={"file": file})
        )

    def _draw(self) -> None:
        """The figures that read what was found."""
        for name, drawn in studies.drawn(self._tables):
            if isinstance(drawn, str):
                self.refused.append(Refusal(Path(f"figure {name}"), one_line(drawn)))
            else:
                title = f"Figure: {name.replace('_', ' ')}"
                self.sections.append(Section(self._anchor(), "figure", title, "", pictures=[drawn]))

    def _anchor(self) -> str:
        return f"part-{len(self.sections) + 1}"


def _other(
    anchor: str, title: str, about: Mapping[str, object], frame: pd.DataFrame, origins: Sequence[Origin] = ()
) -> Section:
    """A table of another command, or of the user's own: its first rows."""
    rows = [tuple(row) for row in frame.head(FIRST_ROWS).astype(object).itertuples(index=False)]
    table = Table("The first rows", list(map(str, frame.columns)), rows, left_out=max(0, len(frame) - FIRST_ROWS))
    facts = {**about, "rows": len(frame)}
    return Section(anchor, "table", title, "", facts=facts, tables=[table], origins=origins)


def _files(place: Path) -> Iterator[Path]:
    """A file, or all in a folder and below, but for hidden ones and the cells of sweeps; links to folders are left."""
    if not place.is_dir():
        yield require_file(place, "run", "name a folder or a table that pairbounds wrote")
        return
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and not _is_cells(one, names))
        for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            if path.is_file():
                yield path


def _is_cells(name: str, beside: list[str]) -> bool:
    return name == CELLS and any(one.endswith(".parquet.json") or one == FAILURES for one in beside)
