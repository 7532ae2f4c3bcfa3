"""`make matrix`: the fast tests, every warning an error, with the lowest and the newest allowed dependencies.

And on machines that are not this one: as another processor computes, and where there is little time.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree

import typer

from pairbounds.infrastructure.commandline import BAD_INPUT, CHECK_FAILED, print_table, run
from pairbounds.infrastructure.names import none_of
from tests.reliability.record import RECORDS, Record, here_and_now

ROOT = Path(__file__).parents[2]
PARALLEL = ("-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider")
VERSIONS_SHOWN = ("numpy", "scipy", "torch", "pandas")

# Warnings inside a dependency that we cannot avoid: a filter, as `python -W` takes it, and its reason.
KNOWN: Mapping[str, str] = {
    "ignore::pyparsing.warnings.PyparsingDeprecationWarning": "Matplotlib 3.10 calls the newest pyparsing by old names",
    "ignore:invalid escape sequence": "colorspacious 1.1 is compiled on its first import, and has such texts",
    "ignore:Creating scratch directories": "distributed says so of a machine on which that has taken a second",
}

_VERSIONS = """
import json, platform
from importlib import metadata
found = {one.name.lower(): one.version for one in metadata.distributions()}
print(json.dumps({"python": platform.python_version(), **found}))
"""


@dataclass(frozen=True)
class Environment:
    """A Python, as `uv` finds it, and which dependencies it gets: all the newest, or the lowest of those we name."""

    python: str
    interpreter: str
    dependencies: str

    @property
    def name(self) -> str:
        """As the table says it."""
        return f"Python {self.python}, {self.dependencies} dependencies"

    def folder(self, build: Path) -> Path:
        """Where its virtual environment is made, anew each time."""
        return build / f"{self.python}-{self.dependencies}"


# Machines that this one can be taken for: modules of this folder, through which a command is run.
MACHINES = {"processor": "another processor", "slow": "a slow machine"}


@dataclass(frozen=True)
class Row:
    """An environment, and the machine that this one is taken for, if it is another."""

    environment: Environment
    machine: str | None = None

    @property
    def name(self) -> str:
        """As the table says it."""
        return self.environment.name + ("" if self.machine is None else f", {MACHINES[self.machine]}")

    def through(self, python: Path) -> list[Path | str]:
        """What a command of that Python begins with."""
        return [] if self.machine is None else [python, "-m", f"{__package__}.{self.machine}", "--"]


def every_row(python311: str, python313: str, python314: str) -> dict[str, Row]:
    """By the names that `--row` takes."""
    newest = Environment("3.11", python311, "newest")
    return {
        "lowest": Row(Environment("3.11", python311, "lowest")),
        "newest": Row(newest),
        "3.13": Row(Environment("3.13", python313, "newest")),
        "3.14": Row(Environment("3.14", python314, "newest")),
        **{machine: Row(newest, machine) for machine in MACHINES},
    }


class CannotRunError(Exception):
    """A row that could not be tried, and why."""


def install(environment: Environment, folder: Path) -> Path:
    """Make the virtual environment; return its Python.

    Raises
    ------
    CannotRunError
        There is no such Python, or its dependencies cannot be installed.
    """
    python = folder / "bin" / "python"
    _uv("venv", "--clear", "--no-python-downloads", "--python", environment.interpreter, folder)
    found = _versions(python)["python"]
    if not found.startswith(f"{environment.python}."):
        raise CannotRunError(f"{environment.interpreter} is Python {found}, not {environment.python}")
    resolution = "lowest-direct" if environment.dependencies == "lowest" else "highest"
    _uv("pip", "install", "--python", python, "--resolution", resolution, "--editable", f"{ROOT}[dev]")
    return python


def _uv(*arguments: object) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise CannotRunError("uv is not installed: `make setup` installs it")
    _done([uv, "--quiet", *map(str, arguments)])


def _done(command: Sequence[Path | str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotRunError(" ".join(done.stderr.split()))


def _versions(python: Path) -> dict[str, str]:
    said = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = json.loads(said)
    return found


def tested(python: Path, report: Path, arguments: Sequence[str], through: Sequence[Path | str]) -> tuple[int, int]:
    """Run the tests with every warning an error; return how many ran and how many failed."""
    report.unlink(missing_ok=True)
    warnings = [argument for known in ("error", *KNOWN) for argument in ("-W", known)]
    command = [*through, python, "-m", "pytest", *warnings, f"--junitxml={report}", *PARALLEL, *arguments]
    subprocess.run(command, cwd=ROOT, check=False)
    if not report.exists():
        return 0, 1
    return counts(report)


def counts(report: Path) -> tuple[int, int]:
    """How many tests of a JUnit report ran, and how many failed; a module that cannot be collected is a failure."""
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, skipped, failed, broken = (
        sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "skipped", "failures", "errors")
    )
    return total - skipped, failed + broken


def rows(tried: Sequence[Row], build: Path, arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A dictionary for each: tests that ran (`count`) and failed (`found`), or why it could not be tried."""
    made = cache(lambda environment: install(environment, environment.folder(build)))
    for row in tried:
        typer.echo(f"{row.name}:", err=True)
        began, about = time.monotonic(), {"what": row.name, "test": "make matrix", **here_and_now()}
        try:
            python = made(row.environment)
            through = row.through(python)
            _done([*through, python, "--version"])  # it says here what it cannot do, before the tests begin
        except CannotRunError as error:
            yield {**about, "count": 0, "found": 0, "not_run": str(error)}
            continue
        count, found = tested(python, build / f"{row.name}.xml", arguments, through)
        minutes = round((time.monotonic() - began) / 60, 1)
        yield {**about, "count": count, "found": found, "versions": _versions(python), "minutes": minutes}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def matrix(
    build: Annotated[Path, typer.Option(help="Where the virtual environments are made.")] = Path("build/matrix"),
    row: Annotated[list[str] | None, typer.Option(help="This row alone; may be given again. The others stay.")] = None,
    python311: Annotated[str, typer.Option(help="Python 3.11: a version that uv looks for, or a path.")] = "3.11",
    python313: Annotated[str, typer.Option(help="Python 3.13: a version that uv looks for, or a path.")] = "3.13",
    python314: Annotated[str, typer.Option(help="Python 3.14: a version that uv looks for, or a path.")] = "3.14",
    tests: Annotated[list[str] | None, typer.Argument(help="Run these alone, as pytest takes them; no record.")] = None,
) -> int:
    """Run the fast tests in fresh environments, every warning an error; write results/reliability/matrix.json.

    Exit 1 if a test failed, 2 if a row could not be tried.
    """
    every = every_row(python311, python313, python314)
    for name in row or ():
        if name not in every:
            raise ValueError(none_of("row", name, list(every)))
    build.mkdir(parents=True, exist_ok=True)
    found = list(rows([every[name] for name in row or every], build.resolve(), tests or []))
    if not tests:
        record(found, [each.name for each in every.values()])
    shown = [(each["what"], *_cells(each)) for each in found]
    columns = [("environment", "left"), *((name, "left") for name in VERSIONS_SHOWN)]
    print_table("The fast tests, every warning an error", [*columns, ("tests", "right"), ("failed", "right")], shown)
    for each in found:
        if "not_run" in each:
            typer.echo(f"{each['what']}: not run: {each['not_run']}", err=True)
    if any(each["found"] for each in found):
        return CHECK_FAILED
    return BAD_INPUT if any("not_run" in each for each in found) else 0


def record(found: Sequence[Mapping[str, Any]], order: Sequence[str], folder: Path = RECORDS) -> None:
    """Write the record: what was found now, and the rows of earlier runs that were not tried again."""
    rows = _earlier(folder) | {each["what"]: {**each, "what": _described(each)} for each in found}
    kept = [rows[name] for name in order if name in rows]
    notes = [f"{each['what']}: {each['not_run']}" for each in kept if "not_run" in each]
    notes += [f"Let through: `{known}`, since {reason}" for known, reason in KNOWN.items()]
    notes += ["Lowest: of each dependency that pyproject.toml names; what those need in turn is the newest that fits."]
    minutes = round(sum(each.get("minutes", 0.0) for each in found), 1)
    Record("Python and dependency versions", "make matrix", kept, minutes, notes=notes).write("matrix", folder)


def _earlier(folder: Path) -> dict[str, dict[str, Any]]:
    """The rows of the record that is there, by their names, each with its own commit and date."""
    if not (folder / "matrix.json").is_file():
        return {}
    earlier = json.loads((folder / "matrix.json").read_text(encoding="utf-8"))
    origin = {key: earlier["measured"][key] for key in here_and_now()}
    return {row["what"].partition(":")[0]: {**origin, **row} for row in earlier["rows"]}


def _described(row: Mapping[str, Any]) -> str:
    if "not_run" in row:
        return f"{row['what']}: not run"
    return f"{row['what']}: " + ", ".join(f"{name} {row['versions'][name]}" for name in ("python", *VERSIONS_SHOWN))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "not_run" in row:
        return (*("",) * len(VERSIONS_SHOWN), "not run", "")
    return (*(row["versions"].get(name, "") for name in VERSIONS_SHOWN), str(row["count"]), str(row["found"]))


if __name__ == "__main__":
    run(app)
