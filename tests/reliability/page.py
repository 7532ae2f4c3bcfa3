"""The reliability page, made from what the campaigns measured."""

import json
from pathlib import Path
from typing import Any

import jinja2

from tests.reliability.record import RECORDS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).with_name("page.md.jinja")

TRUSTED = 24  # decades within which float64 must judge every row

# The file of each campaign, its title, and the command that writes it.
CAMPAIGNS = (
    ("fuzz.json", "Randomly generated user input", "make fuzz"),
    ("proofs.json", "Tampered proofs", "make fuzz"),
    ("processors.json", "Published numbers on another processor", "python -m tests.reliability.same_numbers"),
    ("faults.json", "Faults", "make faults"),
    ("matrix.json", "Python and dependency versions", "make matrix"),
    ("coverage.json", "Coverage", "make coverage"),
    ("mutation.json", "Mutation testing of the bounds", "make mutation"),
)


def reliability_page(records: Path = RECORDS) -> str:
    """The page in Markdown; a campaign without a file is named as not measured yet."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals.update(
        cell=_cell, listed=_listed, hardware=_hardware, percent=_percent, part=_part, duration=_duration
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(campaigns=[_campaign(records, *each) for each in CAMPAIGNS]).rstrip() + "\n"


def _campaign(records: Path, file: str, title: str, command: str) -> dict[str, Any]:
    path = records / file
    if not path.is_file():
        return {"file": file, "title": title, "command": command, "measured": None}
    found = json.loads(path.read_text(encoding="utf-8"))
    shares = found.get("shares", [])
    return {
        **found,
        "title": title,
        "rows": [{**row, "what": row["what"] + _elsewhere(row, found["measured"])} for row in found["rows"]],
        "covered": any("lines" in row for row in found["rows"]),
        "uncovered": found.get("uncovered", []),
        "shares": shares,
        "spans": [key for key in shares[0] if key != "bound"] if shares else [],
        "trusted": TRUSTED,
    }


def _elsewhere(row: dict[str, Any], measured: dict[str, Any]) -> str:
    """The commit and day of a row that was measured by itself, where they are not those of the others."""
    if row.get("commit", measured["commit"]) == measured["commit"]:
        return ""
    return f" (on {row['date']}, commit {(row['commit'] or 'unknown')[:12]})"


def _cell(text: str) -> str:
    """Text that cannot end a cell of a table, nor a line."""
    return " ".join(text.split()).replace("|", "\\|")


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _hardware(hardware: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in hardware.items())


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} %"


def _part(share: float | None) -> str:
    return "" if share is None else f"{share:.2%}"


def _duration(minutes: float) -> str:
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}"
