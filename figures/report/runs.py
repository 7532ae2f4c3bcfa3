"""Files in a user's folders of runs: checks, choices, sweeps, studies, audits and pictures, recognised by content."""

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pairbounds.figures.report import audits, checks, choices, studies
from pairbounds.figures.report.contents import MIME, Picture, Section, data_uri
from pairbounds.figures.report.origin import origin_of
from pairbounds.figures.report.page import written
from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.files import sidecar, within
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.pictures import MARKS
from pairbounds.infrastructure.tables import TABLE_SUFFIXES, read_table

CELLS = "cells"  # folder with the parts of the table of a sweep
FAILURES = "failures.json"
WRONG = (ValueError, LookupError, TypeError, AttributeError, OSError)  # errors of reading an invalid file


class Refusal(NamedTuple):
    """A file that is not reported, and the reason."""

    file: Path
    reason: str


class Runs:
    """Sections of a report, one for each table, audit, figure and picture, and the refused files.

    `FileNotFoundError`: the file or folder does not exist.

    Parameters
    ----------
    places : folders and files
    outputs : output files of the report, which are not part of its content
    """

    def __init__(self, places: Collection[Path], outputs: Collection[Path] = ()) -> None:
        self.sections: list[Section] = []
        self.refused: list[Refusal] = []
        self._reported = {path.resolve() for path in outputs}  # files in a section, and files that describe them
        self._tables: dict[str, Path] = {}
        self._roots = [*places, *(origin.parent for origin in places if origin.is_file())]
        files = list(dict.fromkeys(file for origin in places for file in _files(origin)))
        for file in files:
            if (summary := audits.summary_of(file)) is not None:
                self._try(self._add_audit, file, summary)
        for file in files:
            if file.resolve() not in self._reported:
                self._try(self._add_file, file)
        for name, result in studies.drawn(self._tables):
            if isinstance(result, str):
                self.refused.append(Refusal(Path(f"figure {name}"), one_line(result)))
            else:
                self.sections.append(Section("figure", f"Figure: {name.replace('_', ' ')}", pictures=[result]))
        self.refused = [entry for entry in self.refused if entry.file.resolve() not in self._reported]

    def _mark_reported(self, *files: Path) -> None:
        self._reported |= {file.resolve() for file in files}

    def _try(self, add: Callable[..., None], file: Path, *more: Any) -> None:
        """Add the section of a file; record a refusal if it is invalid."""
        try:
            add(file, *more)
        except WRONG as error:
            self.refused.append(Refusal(file, one_line(f"cannot be reported: {error}")))

    def _require_inside(self, *files: Path) -> None:
        """Refuse links out of the folders of the report, which could reveal private files."""
        for file in files:
            if not any(within(file, root) for root in self._roots):
                raise ValueError(f"{file} leads out of the folder: copy the file into it, or remove the link")

    def _add_audit(self, file: Path, summary: dict[str, Any]) -> None:
        section, files = audits.section(file, summary)
        self._require_inside(*files, *map(sidecar, files))
        self.sections.append(section)
        self._mark_reported(*files, *map(sidecar, files))

    def _add_file(self, file: Path) -> None:
        self._require_inside(file, sidecar(file), file.with_suffix(".txt"))
        if file.suffix in TABLE_SUFFIXES:
            self._add_table(file)
        elif file.suffix in MARKS and MARKS[file.suffix].encode() in file.read_bytes():
            if file.suffix in MIME:  # a PDF has a PNG or a table with the same content
                caption, beside = "", file.with_suffix(".txt")
                if beside.is_file():
                    caption = beside.read_text(encoding="utf-8").strip()
                    self._mark_reported(beside)
                alt = caption.partition(". ")[0] or f"Picture {file.name}."
                pictures = [Picture(data_uri(file), alt, caption)]
                self.sections.append(
                    Section("picture", f"Picture: {file.stem}", pictures=pictures, facts={"file": file})
                )
        elif not (file.suffix == ".json" and file.with_suffix("").is_file()):  # not a sidecar
            self.refused.append(Refusal(file, "not a table, an audit or a picture of pairbounds"))

    def _add_table(self, file: Path) -> None:
        frame, origin = read_table(file), origin_of(file)
        study = None if origin is None else origin.configuration.get("study")
        if origin is not None and isinstance(study, str):
            self.sections.append(studies.section(study, file, frame, origin))
            self._mark_reported(file.with_name(FAILURES))
            if (name := studies.table_named(study, file)) is not None:
                self._tables.setdefault(name, file)
        elif checks.is_check(frame.columns):
            self.sections.append(checks.section(file, frame, origin))
        elif choices.is_choice(frame.columns):
            self.sections.append(choices.section(file, frame, origin))
        elif origin is not None:
            title, facts, rows = file.stem.replace("_", " "), {"rows": len(frame)}, studies.first_rows(frame)
            self.sections.append(Section("table", title, facts=facts, tables=[rows], origins=[origin]))
        else:
            reason = f"no sidecar {sidecar(file).name}, and not the columns of a check"
            self.refused.append(Refusal(file, written(reason)))


def _files(root: Path) -> Iterator[Path]:
    """Yield a file, or all files below a folder, without hidden ones and cells of sweeps. Skip links to folders."""
    if not root.is_dir():
        yield require_file(root, "run", "name a folder or a table that pairbounds wrote")
        return
    for folder, folders, names in os.walk(root):
        swept = any(name.endswith(".parquet.json") or name == FAILURES for name in names)
        folders[:] = sorted(
            folder_name
            for folder_name in folders
            if not folder_name.startswith(".") and not (swept and folder_name == CELLS)
        )
        for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            if path.is_file():
                yield path
