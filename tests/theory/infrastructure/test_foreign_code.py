"""Failures of a user's bounds: one line with name, file and line, and exit 2."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from pairbounds import HypothesisError, PairGraph, bound, check_bounds
from pairbounds.__main__ import app
from pairbounds.infrastructure.checks import require
from pairbounds.infrastructure.users_code import as_number
from pairbounds.theory.bounds.scoring import score
from tests.families import row_of
from tests.unloaded import unload

GRAPH = PairGraph(np.random.default_rng(0).random((6, 5)), [0, 1] * 3, [0, 1, 0, 1, 0])
HEAD = """\
import sys
from pairbounds import bound

"""
DECORATED = """\
@bound("mine", quantity="probe_mse", status="conjecture")
def mine(graph, spectrum, k):
"""

# The contents of a file after `HEAD`, which has three lines; the line of the failure, and the message.
BAD_FILES = {
    "raises in a function": ("def f():\n    1 / 0\nf()", 5, "failed: ZeroDivisionError: "),
    "has a syntax error": ("def f(:", 4, "failed: SyntaxError: "),
    "exits after a bound": (f"{DECORATED}    return 1.0\nsys.exit(0)", 7, "failed: SystemExit: 0"),
    "registers a number": ('bound("x", quantity="probe_mse", status="exact")(3)', 4, "'x' is not a function, but 3"),
}


@pytest.fixture(autouse=True)
def _registered():
    yield
    unload()


@pytest.fixture
def checked(refused, tmp_path):
    """Check a graph with a plugin of this content."""

    def _checked(content: str) -> tuple[Path, str]:
        GRAPH.save(tmp_path / "graph.npz")
        path = tmp_path / "bad.py"
        path.write_text(HEAD + content + "\n", encoding="utf-8")
        return path, refused(app, "check", tmp_path / "graph.npz", "--k", 2, "--plugin", path)

    return _checked


@pytest.mark.parametrize(("content", "line", "what"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_run_is_one_line_and_exit_2(checked, content, line, what):
    path, err = checked(content)
    assert err.startswith(f"error: plugin ({path}, line {line}) ")
    assert what in err


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("sys.exit(0)", 6, "failed: SystemExit: 0"),
        ("return", 4, "failed: TypeError: expected a real number, got NoneType"),
    ],
)
def test_a_bound_that_fails_is_one_line_and_exit_2(checked, body, line, what):
    path, err = checked(f"{DECORATED}    {body}")
    assert err.startswith(f"error: bound 'mine' ({path}, line {line}) {what}")


def test_a_plugin_without_bounds_is_named(checked):
    assert "bad.py registers nothing: decorate a function with pairbounds.bound" in checked("")[1]


def test_a_failed_hypothesis_and_a_k_out_of_range_are_no_failures():
    decorate = bound("mine", quantity="probe_mse", status="conjecture")
    claim = decorate(lambda graph, spectrum, k: require(False, "it is Tuesday"))
    row = row_of("mine", GRAPH, 2)
    assert row["note"] == "not applicable: it is Tuesday"
    with pytest.raises(HypothesisError, match="Tuesday"):
        score(claim, GRAPH, 2)
    with pytest.raises(ValueError, match=r"k=9 is "):
        check_bounds(GRAPH, 9)


@pytest.mark.parametrize("value", [np.float32(1), np.array(1.0), torch.tensor(1.0), Fraction(1), math.inf])
def test_any_real_number_is_a_value_and_other_types_raise(value):
    assert as_number(value) == value
    assert type(as_number(value)) is float
    for other in (None, "1.0", True, np.ones(1), 1j):
        with pytest.raises(TypeError, match="expected a real number, got"):
            as_number(other)
