"""The reliability page, made from what the campaigns measured."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.reliability.matrix import ROWS
from tests.reliability.record import RECORDS

INTRODUCTION = """# Reliability

Each campaign tries to break the software. A row gives the number of tries and the number of failures that were found.
The records are in `results/reliability/`.
"""
CAMPAIGNS = {  # titles by the files of the records
    "fuzz.json": "Randomly generated user input",
    "proofs.json": "Tampered proofs",
    "processors.json": "Published numbers on another processor",
    "matrix.json": "Python and dependency versions",
    "mutation.json": "Mutation testing of the bounds",
    "formal.json": "Theorems that Coq has checked: a failure is an axiom that no row names",
}


def reliability_page(records: Path = RECORDS) -> str:
    """Markdown of the page; a campaign without a record is named as not measured."""
    lines = [INTRODUCTION]
    for file, title in CAMPAIGNS.items():
        lines += [f"## {title}", ""]
        record = _record(records / file)
        lines += _section(record) if record else ["Not measured."]
        lines.append("")
    return "\n".join(lines)


def _record(path: Path) -> dict[str, Any] | None:
    """Read a record; the matrix gets a row for each machine, also for those not run."""
    if not path.is_file():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if path.name == "matrix.json":
        recorded = {row["what"].partition(":")[0] for row in record["rows"]}
        absent = [name for _, name in ROWS.values() if name not in recorded]
        record["rows"] += [{"what": what, "count": 0, "found": 0} for what in absent]
    return record


def _section(record: dict[str, Any]) -> Iterator[str]:
    measured = record["measured"]
    versions, hardware = (
        ", ".join(f"{k}: {v}" for k, v in measured[part].items()) for part in ("versions", "hardware")
    )
    yield f"`{record['command']}` ran on {_when(measured)} for {measured['minutes']:g} minutes. It used {versions}, on"
    yield f"{hardware}."
    yield from ("", "| tried | tries | failures found |", "|---|---:|---:|")
    for row in record["rows"]:
        apart = f" (on {_when(row)})" if row.get("commit", measured["commit"]) != measured["commit"] else ""
        sample = f" of {row['of']:,}" if row.get("of", 0) > row["count"] else ""
        counts = f"{row['count']:,}{sample} | {row['found']:,}" if row["count"] else "not run |"
        yield f"| {_cell(row['what'])}{apart} | {counts} |"
    yield ""
    alive = [f"Lives: {mistake}: {why}" for row in record["rows"] for mistake, why in row.get("alive", {}).items()]
    yield from (f"- {_cell(note)}" for note in [*record["notes"], *alive])


def _when(measured: dict[str, Any]) -> str:
    return f"{measured['date']}, commit `{(measured['commit'] or 'unknown')[:12]}`"


def _cell(text: str) -> str:
    """Text escaped for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
