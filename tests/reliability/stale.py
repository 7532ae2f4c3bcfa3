"""`python -m tests.reliability.stale`: name the rows of `make matrix` that must be measured again.

A row is stale if more than 300 commits have touched source since its own, or if its tests failed or were not run.
`--strict`, which `make release` gives, makes such a row an error.
"""

import json
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, run
from tests.reliability.record import RECORDS, ROOT

# By the name of a session: the Python, its dependencies, and the machine that this one is taken for.
ROWS = {
    "lowest": ("3.11", "lowest", ""),
    "newest": ("3.11", "newest", ""),
    "3.13": ("3.13", "newest", ""),
    "3.14": ("3.14", "newest", ""),
    "processor": ("3.11", "newest", "another processor"),
    "slow": ("3.11", "newest", "a slow machine"),
}
REQUIRED = ("lowest", "newest", "3.13")
SOURCE = ("pairbounds", "theory", "simulations", "real_data", "figures")
MOST_COMMITS = 300


def subject(name: str) -> str:
    """Beginning of a row of the record."""
    python, dependencies, machine = ROWS[name]
    return f"Python {python}, {dependencies} dependencies{machine and f', {machine}'}"


def commits_since(commit: str, root: Path = ROOT) -> int | None:
    """Number of commits after this one that touched source; None if git does not know it."""
    command = ("git", "rev-list", "--count", f"{commit.removesuffix('-dirty')}..HEAD", "--", *SOURCE)
    counted = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return int(counted.stdout) if counted.returncode == 0 else None


def stale(record: Path, root: Path = ROOT) -> list[str]:
    """One line for each required row that is absent, failed, not run, or too old."""
    rows = json.loads(record.read_text(encoding="utf-8"))["rows"] if record.is_file() else []
    by_subject = {row["what"].partition(":")[0]: row for row in rows}
    lines = []
    for name in REQUIRED:
        row = by_subject.get(subject(name))
        if row is None or not row["count"]:
            reason = "not run"
        elif row["found"]:
            reason = f"{row['found']} of {row['count']} tests failed"
        elif (commits := commits_since(row["commit"], root)) is None:
            reason = f"its commit {row['commit'][:12]} is unknown here"
        elif commits > MOST_COMMITS:
            reason = f"{commits} commits have touched source since then, {MOST_COMMITS} are allowed"
        else:
            continue
        lines.append(f"{subject(name)}: {reason}. Measure it: make matrix ROW={name}")
    return lines


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a row is stale.")] = False,
    record: Annotated[Path, typer.Option(help="The record of `make matrix`.")] = RECORDS / "matrix.json",
) -> int:
    """Name the rows of `make matrix` that must be measured again."""
    lines = stale(record)
    echo(*(f"matrix: {line}" for line in lines))
    return CHECK_FAILED if lines and strict else 0


if __name__ == "__main__":
    run(app)
