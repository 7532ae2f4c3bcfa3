"""`make matrix`: the fast tests by nox, every warning an error, with the lowest and the newest allowed dependencies.

And on machines that are not this one: as another processor computes, and where there is little time.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nox

from tests.reliability.record import RECORDS, Record, here_and_now

nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parents[2]
PARALLEL = ("-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider")
VERSIONS_SHOWN = ("python", "numpy", "scipy", "torch", "pandas")

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

# Machines that this one can be taken for: modules of this folder, through which a command is run.
MACHINES = {"processor": "another processor", "slow": "a slow machine"}


@dataclass(frozen=True)
class Row:
    """A Python, its dependencies, "newest" or the "lowest" that we name, and the machine that this one is taken for."""

    python: str
    dependencies: str = "newest"
    machine: str | None = None

    @property
    def name(self) -> str:
        """The name in the table."""
        machine = "" if self.machine is None else f", {MACHINES[self.machine]}"
        return f"Python {self.python}, {self.dependencies} dependencies{machine}"


ROWS = {
    "lowest": Row("3.11", "lowest"),
    "newest": Row("3.11"),
    "3.13": Row("3.13"),
    "3.14": Row("3.14"),
    **{machine: Row("3.11", machine=machine) for machine in MACHINES},
}


def tested(session: nox.Session, row: Row) -> None:
    """Run the tests and record them; only those that are named after --, without a record."""
    began, report = time.monotonic(), Path(session.create_tmp()).resolve() / "report.xml"
    report.unlink(missing_ok=True)
    session.chdir(ROOT)
    resolution = "lowest-direct" if row.dependencies == "lowest" else "highest"
    session.install("--resolution", resolution, "--editable", ".[dev]")
    through = () if row.machine is None else ("python", "-m", f"tests.reliability.{row.machine}", "--")
    warnings = [argument for known in ("error", *KNOWN) for argument in ("-W", known)]
    pytest = ("python", "-m", "pytest", *warnings, f"--junitxml={report}", *PARALLEL, *session.posargs)
    session.run(*through, *pytest, success_codes=range(6))  # of pytest: what fails is in the report
    if not report.exists():
        session.error("the tests did not begin")
    count, failed = counts(report)
    if not session.posargs:
        versions = json.loads(str(session.run("python", "-c", _VERSIONS, silent=True)))
        minutes = round((time.monotonic() - began) / 60, 1)
        record(row, {"count": count, "found": failed, "versions": versions, "minutes": minutes})
    if failed:
        session.error(f"{failed} of {count} tests failed")


def counts(report: Path) -> tuple[int, int]:
    """The tests of a JUnit report that ran, and those that failed; a module that cannot be collected is a failure."""
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, skipped, failed, broken = (
        sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "skipped", "failures", "errors")
    )
    return total - skipped, failed + broken


def record(row: Row, found: Mapping[str, Any], folder: Path = RECORDS) -> None:
    """Write a row into the record; the others stay, each with its own commit and date."""
    shown = ", ".join(f"{name} {found['versions'][name]}" for name in VERSIONS_SHOWN)
    new = {"what": f"{row.name}: {shown}", "test": "make matrix", **here_and_now(), **found}
    rows = _earlier(folder) | {row.name: new}
    kept = [rows[each.name] for each in ROWS.values() if each.name in rows]
    notes = [f"Let through: `{known}`, since {reason}" for known, reason in KNOWN.items()]
    notes += ["Lowest: of each dependency that pyproject.toml names; what those need in turn is the newest that fits."]
    Record("Python and dependency versions", "make matrix", kept, new["minutes"], notes=notes).write("matrix", folder)


def _earlier(folder: Path) -> dict[str, dict[str, Any]]:
    if not (folder / "matrix.json").is_file():
        return {}
    earlier = json.loads((folder / "matrix.json").read_text(encoding="utf-8"))
    origin = {key: earlier["measured"][key] for key in here_and_now()}
    return {row["what"].partition(":")[0]: {**origin, **row} for row in earlier["rows"]}


for _name, _row in ROWS.items():
    _session = partial(tested, row=_row)
    _session.__doc__ = _row.name
    nox.session(_session, name=_name, python=_row.python)
