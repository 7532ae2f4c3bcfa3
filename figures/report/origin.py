"""Origins of tables, by the sidecars beside them: settings, seeds, versions, commit, hardware and content key."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pairbounds.figures.report.contents import Table
from pairbounds.infrastructure.ownership import PROVENANCE
from pairbounds.infrastructure.tables import content_key, sidecar


@dataclass(frozen=True)
class Origin:
    """The record of a file in the sidecar beside it.

    Attributes
    ----------
    file : the table
    configuration : its settings
    commit : of the source tree, if it was one
    key : the content key: the SHA-256 that the file had when it was written
    unchanged : whether it still has that
    """

    file: Path
    configuration: Mapping[str, Any]
    versions: Mapping[str, str]
    hardware: Mapping[str, Any]
    commit: str | None
    key: str
    unchanged: bool

    @property
    def settings(self) -> dict[str, str]:
        """The settings that were given, as text."""
        return {name: _text(value) for name, value in self.configuration.items() if value is not None}

    @property
    def seeds(self) -> str:
        """The seeds, as text."""
        given = self.configuration.get("seeds", self.configuration.get("seed"))
        if isinstance(given, int) and "seeds" in self.configuration:  # of a sweep: how many
            given = list(range(given))
        if isinstance(given, list) and len(given) == 1:
            return _text(given[0])
        if isinstance(given, list) and len(given) > 1 and given == list(range(len(given))):
            return f"0 to {len(given) - 1}"
        return "" if given is None else _text(given)

    @property
    def software(self) -> str:
        """Names and versions."""
        return ", ".join(f"{name} {version}" for name, version in self.versions.items())

    @property
    def machine(self) -> str:
        """The hardware of the measurement."""
        cpus, machine, system = (self.hardware.get(name, "unknown") for name in ("cpus", "machine", "system"))
        return f"{cpus} {machine} cores, {system}"

    @property
    def standing(self) -> str:
        """The state of the file: as it was written, or changed."""
        return "as written" if self.unchanged else "changed since it was written"


def origin_of(table: Path) -> Origin | None:
    """Read the sidecar of a table; `None` where there is none, or what is there is none of ours."""
    try:
        record = json.loads(sidecar(table).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not record.keys() >= PROVENANCE:
        return None
    configuration, versions, hardware = (record[name] for name in ("configuration", "versions", "hardware"))
    if not all(isinstance(part, dict) for part in (configuration, versions, hardware)):
        return None
    commit = record.get("commit")
    key = str(record["content_key"])
    said = None if commit is None else str(commit)
    return Origin(table, configuration, versions, hardware, said, key, content_key(table) == key)


def provenance(origins: Iterable[Origin]) -> Table:
    """A row for each table: seeds, versions, hardware, commit and content key."""
    columns = ["table", "seeds", "commit", "versions", "hardware", "content key", "now"]
    rows = [
        (one.file.as_posix(), one.seeds, one.commit or "", one.software, one.machine, one.key, one.standing)
        for one in origins
    ]
    return Table("Where the tables came from", columns, rows)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
