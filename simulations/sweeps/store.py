"""The finished cells of sweeps, on disk: each a file that is whole or not there, named by what it holds."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from simulations.sweeps.cells import Cell
from simulations.sweeps.execution import CellError
from simulations.sweeps.experiment import digest
from theory.infrastructure.tables import replacing

FAILURE = (*(field.name for field in fields(Cell)), "error", "where")  # the keys of a record of one
FINISHED = "[!.]*"  # what is being written, by this process or by another, has a name that begins with a dot


@dataclass(frozen=True)
class Store:
    """A folder with a file for each cell, of this sweep and of any other.

    `KEY.DIGEST.parquet` holds the rows of a finished cell, where the key says what was measured and the digest is that
    of the file, so that one cut short by a crash is known for it. `KEY.json` says how a cell failed.
    """

    folder: Path

    def finished(self) -> Mapping[str, Path]:
        """The files of finished cells by their keys, each of them read and found whole."""
        named = (
            (path, *path.stem.partition("."))
            for path in sorted(self.folder.glob(f"{FINISHED}.parquet"))
            if path.is_file()
        )
        return {key: path for path, key, _, content in named if digest(path.read_bytes()) == content}

    def failed(self) -> Mapping[str, Mapping[str, object]]:
        """How cells failed, by their keys."""
        return {
            path.stem: record
            for path in self.folder.glob(f"{FINISHED}.json")
            if path.is_file() and (record := _parsed(path)) is not None
        }

    def keep(self, cell: Cell, outcome: bytes | CellError) -> None:
        """Write down what became of a cell."""
        failure = self.folder / f"{cell.key}.json"
        if isinstance(outcome, CellError):
            record = asdict(cell) | {"error": outcome.error, "where": outcome.where, "transient": outcome.transient}
            with replacing(failure) as temporary:
                temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
            return
        with replacing(self.folder / f"{cell.key}.{digest(outcome)}.parquet") as temporary:
            temporary.write_bytes(outcome)
        failure.unlink(missing_ok=True)


def _parsed(path: Path) -> Mapping[str, object] | None:
    try:
        record: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # cut short by a crash
        return None
    return record
