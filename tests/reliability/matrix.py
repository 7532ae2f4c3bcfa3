"""`make matrix`: the fast tests, every warning an error, with the lowest and the newest allowed dependencies."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree

import typer

from tests.reliability.record import Record
from theory.infrastructure.commandline import BAD_INPUT, CHECK_FAILED, print_table, run

ROOT = Path(__file__).parents[2]
PARALLEL = ("-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider")
VERSIONS_SHOWN = ("numpy", "scipy", "torch", "pandas")

# Warnings inside a dependency that we cannot avoid: a filter, as `python -W` takes it, and its reason.
KNOWN: Mapping[str, str] = {
    "ignore::pyparsing.warnings.PyparsingDeprecationWarning": "Matplotlib 3.9 calls the newest pyparsing by old names",
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


def environments(python311: str, python313: str) -> list[Environment]:
    """The three that are tried."""
    return [
        Environment("3.11", python311, "lowest"),
        Environment("3.11", python311, "newest"),
        Environment("3.13", python313, "newest"),
    ]


class CannotInstallError(Exception):
    """An environment that could not be made, and why."""


def install(environment: Environment, folder: Path) -> Path:
    """Make the virtual environment; return its Python.

    Raises
    ------
    CannotInstallError
        There is no such Python, or its dependencies cannot be installed.
    """
    python = folder / "bin" / "python"
    _uv("venv", "--clear", "--no-python-downloads", "--python", environment.interpreter, folder)
    found = _versions(python)["python"]
    if not found.startswith(f"{environment.python}."):
        raise CannotInstallError(f"{environment.interpreter} is Python {found}, not {environment.python}")
    resolution = "lowest-direct" if environment.dependencies == "lowest" else "highest"
    _uv("pip", "install", "--python", python, "--resolution", resolution, "--editable", f"{ROOT}[dev]")
    return python


def _uv(*arguments: object) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise CannotInstallError("uv is not installed: `make setup` installs it")
    done = subprocess.run([uv, "--quiet", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotInstallError(" ".join(done.stderr.split()))


def _versions(python: Path) -> dict[str, str]:
    said = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = json.loads(said)
    return found


def tested(python: Path, report: Path, arguments: Sequence[str]) -> tuple[int, int]:
    """Run the tests with every warning an error; return how many ran and how many failed."""
    report.unlink(missing_ok=True)
    warnings = [argument for known in ("error", *KNOWN) for argument in ("-W", known)]
    command = [python, "-m", "pytest", *warnings, f"--junitxml={report}", *PARALLEL, *arguments]
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


def rows(tried: Sequence[Environment], build: Path, arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A row for each environment: tests that ran (`count`) and failed (`found`), or why it could not be made."""
    for environment in tried:
        typer.echo(f"{environment.name}:", err=True)
        folder = environment.folder(build)
        row = {"what": environment.name, "test": "make matrix"}
        try:
            python = install(environment, folder)
        except CannotInstallError as error:
            yield {**row, "count": 0, "found": 0, "not_run": str(error)}
            continue
        count, found = tested(python, folder / "tests.xml", arguments)
        yield {**row, "count": count, "found": found, "versions": _versions(python)}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def matrix(
    build: Annotated[Path, typer.Option(help="Where the virtual environments are made.")] = Path("build/matrix"),
    python311: Annotated[str, typer.Option(help="Python 3.11: a version that uv looks for, or a path.")] = "3.11",
    python313: Annotated[str, typer.Option(help="Python 3.13: a version that uv looks for, or a path.")] = "3.13",
    tests: Annotated[list[str] | None, typer.Argument(help="Run these alone, as pytest takes them; no record.")] = None,
) -> int:
    """Run the fast tests in fresh environments, every warning an error; write results/reliability/matrix.json.

    Exit 1 if a test failed, 2 if an environment could not be made.
    """
    started = time.monotonic()
    build.mkdir(parents=True, exist_ok=True)
    found = list(rows(environments(python311, python313), build.resolve(), tests or []))
    if not tests:
        _record(found, (time.monotonic() - started) / 60)
    shown = [(row["what"], *_cells(row)) for row in found]
    columns = [("environment", "left"), *((name, "left") for name in VERSIONS_SHOWN)]
    print_table("The fast tests, every warning an error", [*columns, ("tests", "right"), ("failed", "right")], shown)
    for row in found:
        if "not_run" in row:
            typer.echo(f"{row['what']}: not run: {row['not_run']}", err=True)
    if any(row["found"] for row in found):
        return CHECK_FAILED
    return BAD_INPUT if any("not_run" in row for row in found) else 0


def _record(found: Sequence[Mapping[str, Any]], minutes: float) -> None:
    notes = [f"{row['what']}: not run: {row['not_run']}" for row in found if "not_run" in row]
    notes += [f"Let through: `{known}`, since {reason}" for known, reason in KNOWN.items()]
    notes += ["Lowest: of each dependency that pyproject.toml names; what those need in turn is the newest that fits."]
    shown = [{**row, "what": _described(row)} for row in found]
    Record("Python and dependency versions", "make matrix", shown, round(minutes, 1), notes=notes).write("matrix")


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
