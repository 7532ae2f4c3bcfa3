"""`make matrix`: the tests by nox with the lowest and the newest dependencies, each row recorded by its name."""

import tomllib
from functools import partial

import nox

from tests.reliability.record import ROOT

ROWS = {  # Python and row of the record, by the name of a session
    "lowest": ("3.11", "Python 3.11, lowest dependencies"),
    "newest": ("3.11", "Python 3.11, newest dependencies"),
    "3.13": ("3.13", "Python 3.13, newest dependencies"),
    "3.14": ("3.14", "Python 3.14, newest dependencies"),
}
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False  # the page says "not run"
# Every warning that a line of ours causes is an error; those of other packages are their own.
FILTERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["filterwarnings"]
STRICT = "filterwarnings=" + "\n".join([*FILTERS, r"error:::(pairbounds|tests)\b"])


def tested(session: nox.Session, row: str) -> None:
    """Run the tests and record them; tests named after -- run without a record."""
    session.chdir(ROOT)
    resolution = "lowest-direct" if "lowest" in row else "highest"
    session.install("--resolution", resolution, "--editable", ".[dev]")
    options = ("-n", "auto", "--dist", "loadfile", "-o", STRICT)
    if session.posargs:
        session.run("python", "-m", "pytest", *options, *session.posargs)
    else:
        record = ("python", "-m", "tests.reliability.record", "matrix", "make matrix")
        session.run(*record, "--row", row, "--", *options)


for name, (python, row) in ROWS.items():
    nox.session(partial(tested, row=row), name=name, python=python)
