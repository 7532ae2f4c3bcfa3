"""Plugins that do what they may not: one line with file, line and name, and exit 2; never an empty confirmation."""

import math
import signal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from pairbounds import BOUNDS, ForeignCodeError, HypothesisError, PairGraph, bound, check_bounds
from pairbounds.__main__ import app
from pairbounds.infrastructure.foreign import as_number, call_foreign, source_of
from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.bounds.scoring import score

pytest_plugins = "pytester"

GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)), [0, 1] * 3, [0, 1, 0, 1, 0])


HEAD = """\
import sys
from pairbounds import BOUNDS, bound, spectrum
from pairbounds.theory.bounds.registry import Bound
"""
DECORATED = """\
@bound("mine", quantity="probe_mse", status="conjecture")
def mine(graph, spectrum, k):
"""

# What stands in the file after `HEAD`, which has three lines: the line of the failure, and what is said of it.
BAD_FILES = {
    "raises in a function": ("def f():\n    1 / 0\nf()", 5, "failed: ZeroDivisionError: "),
    "has a syntax error": ("def f(:", 4, "failed: SyntaxError: "),
    "exits after a bound": (f"{DECORATED}    return 1.0\nsys.exit(0)", 7, "failed: SystemExit: 0"),
    "cannot say what failed": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        6,
        "failed: Mute: (its message cannot be shown)",
    ),
    "registers a number": ('bound("x", quantity="probe_mse", status="exact")(3)', 4, "bound 'x' is not a function: 3"),
    "takes a name": (
        DECORATED.replace("mine", "probe-mse", 1) + "    return 1.0",
        4,
        "failed: ValueError: a bound named 'probe-mse' is registered already",
    ),
}

# The bodies of bounds, on the sixth line of the file: the line of the failure, and what is said of it.
NO_NUMBER = "failed: TypeError: the value is to be a number, and not of type"
BAD_BODIES = {
    "exits": ("sys.exit(0)", 6, "failed: SystemExit: 0"),
    "returns nothing": ("return", 4, f"{NO_NUMBER} NoneType"),
}


@pytest.fixture
def graph_file(tmp_path):
    GRAPH.save(tmp_path / "graph.npz")
    return tmp_path / "graph.npz"


@pytest.fixture
def plugin(tmp_path):
    """Write a plugin; afterwards the register is what it was."""
    before = dict(BOUNDS)

    def _write(content: str) -> Path:
        path = tmp_path / "bad.py"
        path.write_text(HEAD + content + "\n", encoding="utf-8")
        return path

    yield _write
    BOUNDS.clear()
    BOUNDS.update(before)


def with_body(body: str) -> str:
    return f"{DECORATED}    {body}"


@pytest.mark.parametrize(("content", "line", "what"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_run_is_one_line_and_exit_2(call, graph_file, plugin, content, line, what):
    path, before = plugin(content), dict(BOUNDS)
    code, out, err = call(app, "check", graph_file, "--k", 2, "--plugin", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: plugin ({path}, line {line}) ")
    assert what in err
    assert list(BOUNDS.items()) == list(before.items())


@pytest.mark.parametrize(("body", "line", "what"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bound_that_fails_is_one_line_and_exit_2(call, graph_file, plugin, body, line, what):
    path = plugin(with_body(body))
    code, out, err = call(app, "check", graph_file, "--k", 2, "--plugin", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: bound 'mine' ({path}, line {line}) {what}")


def test_a_file_without_bounds_is_named(call, graph_file, plugin):
    code, _, err = call(app, "check", graph_file, "--k", 2, "--plugin", plugin(""))
    assert (code, err.count("\n"), "registers no bound" in err) == (2, 1, True)


# From Python.


@pytest.fixture
def register():
    yield lambda function: bound("mine", quantity="probe_mse", status="conjecture")(function)
    BOUNDS.pop("mine", None)


def test_check_bounds_says_which_bound_failed_and_where(register):
    def mine(graph, spectrum, k):
        return math.sqrt(-1)

    assert not any(claim.foreign for claim in BOUNDS.values())
    assert register(mine).foreign
    with pytest.raises(ForeignCodeError) as caught:
        check_bounds(GRAPH, 2)
    error, (file, line) = caught.value, source_of(mine)
    assert (error.name, error.file, error.line) == ("bound 'mine'", file, line + 1)
    assert file == __file__
    assert isinstance(error.__cause__, ValueError)


def test_a_failed_hypothesis_and_a_k_out_of_range_are_no_failures(register):
    claim = register(lambda graph, spectrum, k: require(False, "it is Tuesday"))
    row = check_bounds(GRAPH, 2).set_index("bound").loc["mine"]
    assert row["note"] == "not applicable: it is Tuesday"
    with pytest.raises(HypothesisError, match="Tuesday"):
        score(claim, GRAPH, 2)
    with pytest.raises(ValueError, match=r"k=9 is not in 1\.\.5"):
        check_bounds(GRAPH, 9)


@pytest.mark.parametrize("value", [np.float32(1), np.array(1.0), torch.tensor(1.0), Fraction(1), math.inf])
def test_any_kind_of_real_number_is_a_value_and_nothing_else(value):
    assert as_number(value) == value
    assert type(as_number(value)) is float
    for other in (None, "1.0", True, np.ones(1), 1j):
        with pytest.raises(TypeError, match="is to be a number"):
            as_number(other)


def test_an_interrupt_stays_one():
    with pytest.raises(KeyboardInterrupt):
        call_foreign(lambda: signal.raise_signal(signal.SIGINT), name="it")


# pytest --bounds.


def test_pytest_has_a_clean_error(pytester, plugin):
    path, message = plugin(with_body("sys.exit(0)")), "*bound 'mine' (*bad.py, line 6) failed: SystemExit: 0"
    run = pytester.runpytest_inprocess("-p", "pairbounds.pytest_plugin", "--bounds", path, "-k", "planted")
    assert run.ret in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    run.stdout.fnmatch_lines([message])
    said = run.stdout.str() + run.stderr.str()
    assert "INTERNALERROR" not in said
    assert "Traceback" not in said
