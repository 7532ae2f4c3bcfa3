"""Records in `results/reliability`: tries, failures, date and machine.

`python -m tests.reliability.record NAME COMMAND -- ARGUMENTS` runs pytest with these arguments and records its tests.
One whose property `what` names something, and `count` how often it was tried, is counted so.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from xml.etree import ElementTree

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, run
from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.tables import source_commit, surroundings
from tests.rooms import ROOT

RECORDS = ROOT / "results" / "reliability"
BEGAN_AT = source_commit()  # asked before the campaign, during which the checkout may move

PACKAGES = ("numpy", "scipy", "torch", "pandas")

Row = Mapping[str, Any]  # `what` was tried, the `count` of tries, and in how many something was `found`


def here_and_now() -> dict[str, Any]:
    """Date and commit of this run. An uncommitted record does not make the commit dirty."""
    command = ("git", "diff", "--quiet", "HEAD", "--", ".", ":!results/reliability")
    commit = str(BEGAN_AT)
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0:
        commit = commit.removesuffix("-dirty")
    return {"date": date.today().isoformat(), "commit": commit}


def write(
    name: str,
    command: str,
    rows: Sequence[Row],
    started: float,
    *,
    notes: Sequence[str] = (),
    beside: bool = False,
    folder: Path = RECORDS,
) -> None:
    """Write `name`.json; with `beside`, rows of an earlier record stay, with their date and commit."""
    path, minutes = folder / f"{name}.json", round((time.monotonic() - started) / 60, 1)
    if beside:
        earlier = _earlier(path)
        for row in rows:
            earlier[_subject(row)] = {**row, **here_and_now(), "minutes": minutes}
        rows = list(earlier.values())
        minutes = round(sum(row["minutes"] for row in rows), 1)
    measured = {**surroundings(), **here_and_now(), "minutes": minutes}
    content = {"command": command, "measured": measured, "rows": list(rows), "notes": list(notes)}
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _earlier(path: Path) -> dict[str, Row]:
    if not path.is_file():
        return {}
    record = json.loads(path.read_text(encoding="utf-8"))
    origin = {key: record["measured"][key] for key in ("date", "commit")}
    return {_subject(row): {**origin, "minutes": 0.0, **row} for row in record["rows"]}


def _subject(row: Row) -> str:
    """Subject of a row, without versions or kinds."""
    return str(row["what"]).partition(":")[0].partition(" (")[0]


def counted(report: Path) -> list[Row]:
    """Rows of a JUnit report, without skipped tests."""
    rows: dict[str, dict[str, Any]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        properties = {node.get("name"): node.get("value") for node in case.iter("property")}
        what = properties.get("what") or str(case.get("name")).partition("[")[0].removeprefix("test_").replace("_", " ")
        if case.find("skipped") is None:
            row = rows.setdefault(what, {"what": what, "count": 0, "found": 0})
            row["count"] += int(properties.get("count") or 1)
            row["found"] += any(case.find(tag) is not None for tag in ("failure", "error"))
    return list(rows.values())


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def record(
    name: Annotated[str, typer.Argument(help="Name of the record.")],
    command: Annotated[str, typer.Argument(help="The command that repeats it.")],
    arguments: Annotated[list[str], typer.Argument(help="After --: arguments of pytest.")],
    row: Annotated[str, typer.Option(help="Name of one row for all tests, beside the rows of the record.")] = "",
) -> int:
    """Run tests and record how many there were and how many failed."""
    started = time.monotonic()
    with TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        options = (f"--junitxml={report}", "-p", "no:cacheprovider")
        code = subprocess.run([sys.executable, "-m", "pytest", *options, *arguments], cwd=ROOT, check=False).returncode
        rows = counted(report)
    if row:
        versions = ", ".join(f"{package} {metadata.version(package)}" for package in PACKAGES)
        count, failed = (sum(test[key] for test in rows) for key in ("count", "found"))
        rows = [{"what": f"{row}: {versions}", "count": count, "found": failed}]
    write(name, command, rows, started, beside=bool(row))
    return CHECK_FAILED if code else 0


if __name__ == "__main__":
    run(app)
