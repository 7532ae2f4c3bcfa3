"""Origins of tables from their sidecars: settings, seeds, versions, commit, hardware and content key."""

from pathlib import Path
from typing import Any, NamedTuple

from pairbounds.infrastructure.files import content_key, read_sidecar


class Origin(NamedTuple):
    """A table, the record in its sidecar, and whether the file is unchanged."""

    file: Path
    record: dict[str, Any]
    standing: str

    @property
    def configuration(self) -> dict[str, Any]:
        """Settings of the run."""
        found: dict[str, Any] = self.record["configuration"]
        return found

    @property
    def seeds(self) -> str:
        """Seeds as text; for a sweep, their number."""
        return str(self.configuration.get("seeds", self.configuration.get("seed", "")))

    @property
    def row(self) -> dict[str, str]:
        """The record as a row of a table."""
        versions, hardware = self.record["versions"], self.record["hardware"]
        cpus, machine, system = (hardware.get(name, "unknown") for name in ("cpus", "machine", "system"))
        return {
            "table": self.file.as_posix(),
            "seeds": self.seeds,
            "commit": str(self.record.get("commit") or ""),
            "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
            "hardware": f"{cpus} {machine} cores, {system}",
            "content key": str(self.record["content_key"]),
            "now": self.standing,
        }


def origin_of(table: Path) -> Origin | None:
    """Read the sidecar of a table; `None` if it is missing or not written by pairbounds."""
    record = read_sidecar(table)
    if record is None or not all(isinstance(record[name], dict) for name in ("configuration", "versions", "hardware")):
        return None
    unchanged = content_key(table) == record["content_key"]
    return Origin(table, record, "as written" if unchanged else "changed since it was written")
