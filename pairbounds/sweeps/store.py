"""The finished cells of sweeps, on disk: each a file that is whole or not there, named by what it holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairbounds.infrastructure.files import replacing
from pairbounds.sweeps.cells import Cell, Tables
from pairbounds.sweeps.execution import CellError
from pairbounds.sweeps.studies import digest

FAILURE = ("version", "settings", "seed", "error", "where")  # keys of a record of one
PARTS = 4  # of the name of a finished cell's file: key, table, digest, suffix
FINISHED = "[!.]*"  # what is being written, by this process or by another, has a name that begins with a dot


@dataclass(frozen=True)
class Store:
    """A folder with a file for each cell, of this sweep and of any other.

    `KEY.TABLE.DIGEST.parquet` holds the rows of a finished cell in one of its tables, where the key says what was
    measured and the digest is that of the file, so that one cut short by a crash is known for it. `KEY.json` says how a
    cell failed.
    """

    folder: Path

    def finished(self, tables: Sequence[str]) -> Mapping[str, Mapping[str, Path]]:
        """The files of cells that have all these tables, by key and by table, each of them read and found whole."""
        found: dict[str, dict[str, Path]] = {}
        for path in sorted(self.folder.glob(f"{FINISHED}.parquet")):
            parts = path.name.split(".")
            if len(parts) == PARTS and path.is_file() and digest(path.read_bytes()) == parts[2]:
                found.setdefault(parts[0], {})[parts[1]] = path
        return {key: files for key, files in found.items() if files.keys() >= set(tables)}

    def failed(self) -> Mapping[str, Mapping[str, object]]:
        """Records of the failed cells, by their keys."""
        return {
            path.stem: record
            for path in self.folder.glob(f"{FINISHED}.json")
            if path.is_file() and (record := _parsed(path)) is not None
        }

    def keep(self, cell: Cell, outcome: Tables | CellError) -> None:
        """Write down what became of a cell."""
        failure = self.folder / f"{cell.key}.json"
        if isinstance(outcome, CellError):
            record = cell.record() | {"error": outcome.error, "where": outcome.where, "transient": outcome.transient}
            with replacing(failure) as temporary:
                temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
            return
        for name, content in outcome.items():
            with replacing(self.folder / f"{cell.key}.{name}.{digest(content)}.parquet") as temporary:
                temporary.write_bytes(content)
        failure.unlink(missing_ok=True)


def _parsed(path: Path) -> Mapping[str, object] | None:
    try:
        record: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # cut short by a crash
        return None
    return record
