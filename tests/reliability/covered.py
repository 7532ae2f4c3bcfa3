"""`make coverage`: lines and branches that the fast tests run, those of their subprocesses included."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, print_table, run
from tests.reliability.record import Record
from tests.reliability.uncovered import REASONS

ROOT = Path(__file__).parents[2]
PACKAGES = ("theory", "simulations", "real_data", "figures")
ENOUGH = 95.0  # percent of lines and branches together: a file below it has its reason in `uncovered`


def measured(build: Path, workers: str) -> dict[str, Any]:
    """Run the fast tests under coverage; return what its report says of each file.

    Counting starts with the interpreter, before pytest loads the plugin, which imports `theory`.
    """
    build.mkdir(parents=True, exist_ok=True)
    report = build / "coverage.json"
    _coverage("erase")
    _coverage("run", "-m", "pytest", "-n", workers, "--dist", "loadfile", "-p", "no:cacheprovider")
    _coverage("combine", "--quiet")
    _coverage("json", "--quiet", "-o", report)
    return ours(json.loads(report.read_text(encoding="utf-8"))["files"])


def ours(files: Mapping[str, Any]) -> dict[str, Any]:
    """The files of this repository: a test that copies it, and runs the copy, has that counted too."""
    return {path: file for path, file in files.items() if not Path(path).is_absolute()}


def _coverage(*arguments: object) -> None:
    command = [sys.executable, "-m", "coverage", *map(str, arguments)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise RuntimeError(f"`coverage {' '.join(map(str, arguments))}` failed: its output says why")


def package_rows(files: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each package the lines and branches (`count`), those that no test ran (`found`), and both shares."""
    summaries: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path, file in files.items():
        summaries[path.split("/", 1)[0]].append(file["summary"])
    whole = [one for package in PACKAGES for one in summaries[package]]
    return [_row(name, some) for name, some in [*((p, summaries[p]) for p in PACKAGES), ("all", whole)]]


def _row(name: str, summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    keys = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    lines, lines_run, branches, branches_run = (sum(one[key] for one in summaries) for key in keys)
    return {
        "what": name,
        "count": lines + branches,
        "found": lines + branches - lines_run - branches_run,
        "test": "make coverage",
        "lines": _percent(lines_run, lines),
        "branches": _percent(branches_run, branches),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def uncovered(files: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files of which less than `ENOUGH` is run, with the lines that are not, and the reason ("" for none)."""
    return [
        {
            "file": path,
            "covered": round(file["summary"]["percent_covered"], 1),
            "lines": spans(file["missing_lines"]),
            "reason": REASONS.get(path, ""),
        }
        for path, file in sorted(files.items())
        if file["summary"]["percent_covered"] < ENOUGH
    ]


def spans(numbers: Sequence[int]) -> str:
    """Increasing numbers as `3-5, 9`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def misstated(low: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the reasons: a file without one, and one of a file that needs none."""
    below = {one["file"] for one in low}
    missing = [f"{path} is below {ENOUGH:g}%: say why in uncovered.py" for path in sorted(below - REASONS.keys())]
    stale = [f"{path} is not below {ENOUGH:g}%: drop its reason" for path in sorted(REASONS.keys() - below)]
    return missing + stale


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def coverage(
    build: Annotated[Path, typer.Option(help="Where coverage's own report goes.")] = Path("build/coverage"),
    workers: Annotated[str, typer.Option(help="Processes, as pytest -n takes them.")] = "auto",
) -> int:
    """Measure coverage and write results/reliability/coverage.json. Exit 1 where a reason is missing or stale."""
    started = time.monotonic()
    files = measured(build, workers)
    rows, low = package_rows(files), uncovered(files)
    notes = [
        "Lines and branches that the fast tests run, doctests and subprocesses included; not the slow tests, nor those "
        "that need a CUDA device. `found` counts what no test ran.",
        f"Every file of which less than {ENOUGH:g}% is run is listed with its reason.",
    ]
    minutes = round((time.monotonic() - started) / 60, 1)
    Record("Coverage", "make coverage", rows, minutes, notes=notes, more={"uncovered": low}).write("coverage")
    shown = [(row["what"], f"{row['lines']:.1f}", f"{row['branches']:.1f}", str(row["found"])) for row in rows]
    columns = [("package", "left"), ("lines %", "right"), ("branches %", "right"), ("not run", "right")]
    print_table("Coverage of the fast tests", columns, shown)
    for one in low:
        typer.echo(f"{one['file']}: {one['covered']:g}%, not {one['lines']}: {one['reason'] or 'no reason given'}")
    wrong = misstated(low)
    for line in wrong:
        typer.echo(line, err=True)
    return CHECK_FAILED if wrong else 0


if __name__ == "__main__":
    run(app)
