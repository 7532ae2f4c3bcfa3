"""Docstrings in one line a name become entries that numpydoc reads."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "site"))
from docstrings import unfolded

SHORT = [
    "What it is.",
    "",
    "Parameters",
    "----------",
    "k : int",
    "    The width.",
    "left, right : (n, k)",
    "    Both sides.",
]
LONG = [
    "Attributes",
    "----------",
    "graph, k : where",
    "name : " + 12 * "meaning ",
    "    that goes on",
    "",
    "Notes",
    "-----",
    "a : b",
]


def test_types_stay_and_meanings_go_below_their_names():
    assert unfolded(SHORT) == [*SHORT[:6], "left : (n, k)", "right : (n, k)", "    Both sides."]
    found = unfolded(LONG)
    assert found[:6] == [*LONG[:2], "graph", "    where", "k", "    where"]
    assert found[6:] == ["name", "    " + 12 * "meaning ", "    that goes on", "", "Notes", "-----", "a : b"]
