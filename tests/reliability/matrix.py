"""`make matrix`: the fast tests by nox, with the lowest and the newest dependencies; our own warnings are errors.

And on machines that are not this one: as another processor computes, and where there is little time.
"""

import json
import time
import tomllib
from functools import partial
from pathlib import Path

import nox

from tests.reliability.record import counted, write
from tests.reliability.stale import ROWS, subject

nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False  # the page says "not run"

ROOT = Path(__file__).parents[2]
# Every warning is an error that a line of ours causes; those of other packages are their own.
FILTERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["filterwarnings"]
STRICT = "filterwarnings=" + "\n".join([*FILTERS, r"error:::(pairbounds|tests)\b"])
NOTES = ["Lowest: of each dependency that pyproject.toml names; what those need in turn is the newest that fits."]
VERSIONS = """
import json, platform
from importlib import metadata
found = {one: metadata.version(one) for one in ("numpy", "scipy", "torch", "pandas")}
print(json.dumps({"python": platform.python_version(), **found}))
"""


def tested(session: nox.Session, name: str) -> None:
    """Run the tests and record them; only those that are named after --, without a record."""
    (_, dependencies, machine), started = ROWS[name], time.monotonic()
    report = Path(session.virtualenv.location, "report.xml").resolve()  # its own temporary folder has too long a path
    report.unlink(missing_ok=True)
    session.chdir(ROOT)
    resolution = "lowest-direct" if dependencies == "lowest" else "highest"
    session.install("--resolution", resolution, "--editable", ".[dev]")
    through = ("python", "-m", "tests.reliability.elsewhere", name, "--") if machine else ()
    options = ("-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider", "-o", STRICT, f"--junitxml={report}")
    command = (*through, "python", "-m", "pytest", *options, *session.posargs)
    session.run(*command, success_codes=range(6))  # see the report
    if not report.exists():
        session.error("the tests did not begin")
    count, found = (sum(row[key] for row in counted(report)) for key in ("count", "found"))
    if not session.posargs:
        versions = json.loads(str(session.run("python", "-c", VERSIONS, silent=True)))
        what = f"{subject(name)}: {', '.join(f'{package} {version}' for package, version in versions.items())}"
        write(
            "matrix", "make matrix", [{"what": what, "count": count, "found": found}], started, notes=NOTES, beside=True
        )
    if found:
        session.error(f"{found} of {count} tests failed")


for _name, (_python, _, _) in ROWS.items():
    _session = partial(tested, name=_name)
    _session.__doc__ = _name
    nox.session(_session, name=_name, python=_python)
