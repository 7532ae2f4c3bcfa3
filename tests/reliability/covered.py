"""`make coverage`: lines and branches that the fast tests run, those of their subprocesses included."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pairbounds.infrastructure.commandline import run
from tests.reliability.record import Record

ROOT = Path(__file__).parents[2]
ENOUGH = 95.0  # percent of lines and branches together: a file below it is listed with its lines
NOTES = [
    "Lines and branches that the fast tests run, doctests and subprocesses included; not the slow tests, nor those "
    "that need a CUDA device. `found` counts what no test ran.",
    f"Every file of which less than {ENOUGH:g}% is run is listed.",
]


def measured(build: Path) -> dict[str, Any]:
    """Run the fast tests under coverage; return what its report says of each file of this repository.

    Counting starts with the interpreter, before pytest loads the plugin, which imports `theory`. Absolute paths are of
    copies that tests make.
    """
    build.mkdir(parents=True, exist_ok=True)
    report = build / "coverage.json"
    for arguments in (
        ("erase",),
        ("run", "-m", "pytest", "-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider"),
        ("combine", "--quiet"),
        ("json", "--quiet", "-o", report),
    ):
        subprocess.run([sys.executable, "-m", "coverage", *map(str, arguments)], cwd=ROOT, check=True)
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {path: file for path, file in files.items() if not Path(path).is_absolute()}


def rows(files: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each folder and for all: lines and branches (`count`), those that no test ran (`found`), and both shares."""
    summaries: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path, file in files.items():
        summaries[path.split("/", 1)[0]].append(file["summary"])
        summaries["all"].append(file["summary"])
    return [_row(name, summaries[name]) for name in [*sorted(summaries.keys() - {"all"}), "all"]]


def _row(name: str, summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    keys = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    lines, lines_run, branches, branches_run = (sum(one[key] for one in summaries) for key in keys)
    return {
        "what": name,
        "count": lines + branches,
        "found": lines + branches - lines_run - branches_run,
        "test": "make coverage",
        "lines": round(100 * lines_run / lines, 1) if lines else 100.0,
        "branches": round(100 * branches_run / branches, 1) if branches else 100.0,
    }


def uncovered(files: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Files of which less than `ENOUGH` is run, with the lines that are not."""
    return [
        {
            "file": path,
            "covered": round(file["summary"]["percent_covered"], 1),
            "lines": ", ".join(map(str, file["missing_lines"])),
        }
        for path, file in sorted(files.items())
        if file["summary"]["percent_covered"] < ENOUGH
    ]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def coverage(
    build: Annotated[Path, typer.Option(help="Folder of coverage's own report.")] = Path("build/coverage"),
) -> None:
    """Measure coverage and write results/reliability/coverage.json."""
    started = time.monotonic()
    files = measured(build)
    minutes = round((time.monotonic() - started) / 60, 1)
    record = Record(
        "Coverage", "make coverage", rows(files), minutes, notes=NOTES, more={"uncovered": uncovered(files)}
    )
    record.write("coverage")
    record.show("Coverage of the fast tests")


if __name__ == "__main__":
    run(app)
