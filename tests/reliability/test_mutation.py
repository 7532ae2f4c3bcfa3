"""Mistakes: those that are made take effect; `make mutation` tries them all."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from pairbounds.theory.bounds import THEOREMS
from tests.reliability import mutation
from tests.reliability.mutating import KINDS, mistakes
from tests.reliability.narrow import modules, narrowest

ROOT = Path(__file__).parents[2]
SOURCE = """
from functools import cache
from math import sqrt

BLOCK = 8

def _rounded_down(value, unit):
    return value - unit

class Ends:
    upper_values = (3.0, 2.0)
    lower_values = (2.5, 1.5)
    singular_values = (2.75, 1.75)

    def first(self, k):
        if k > 1:
            raise ValueError(f"{k} is more than {1 + 0}")
        if k > BLOCK:
            return max(1, BLOCK // k)
        return self.upper_values[k]

@cache
def least(one, other, rounding=1.0):
    return min(one, other) + rounding + sqrt(_rounded_down(one, 4.0))
"""
MISTAKES = {
    ("_rounded_down", "rounding", "return value - 0.0"),
    ("_rounded_down", "number", "return value * 0.9 - unit"),
    ("Ends.first", "comparison", "if k >= 1:"),
    ("Ends.first", "comparison", "if k < 1:"),
    ("Ends.first", "end", "return self.singular_values[k]"),
    ("Ends.first", "index", "return self.upper_values[k - 1]"),
    ("least", "extreme", "return max(one, other) + rounding + sqrt(_rounded_down(one, 4.0))"),
    ("least", "rounding", "return min(one, other) + rounding + sqrt(one)"),
    ("least", "number", "return min(one, other) + rounding + sqrt(_rounded_down(one, 4.0)) ** 0.9"),
}


def test_each_kind_of_mistake_is_made():
    found = {(mistake.function, mistake.kind, mistake.after) for mistake, _ in mistakes(SOURCE)}
    assert found >= MISTAKES
    assert {kind for _, kind, _ in found} == set(KINDS)
    assert not any("raise" in after or "BLOCK" in after for _, _, after in found)


def test_what_lives_is_found_under_decorators_too(tmp_path, monkeypatch):
    """A test that asks for half of what the module says: the other half lives."""
    (tmp_path / "small_module.py").write_text(SOURCE)
    for name, one in {"half": 4.0, "wrong": 1.0}.items():  # of a negative number there is no root
        lines = (
            "import small_module as m",
            "def test_it():",
            "    assert m.Ends().first(1) == 2",
            f"    m.least({one}, 5)",
        )
        (tmp_path / f"test_{name}.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    small = importlib.import_module("small_module")
    monkeypatch.setattr(mutation, "narrowest", lambda _: [str(tmp_path / "test_half.py")])
    count, alive = mutation.survivors(small, ["index", "extreme", "rounding"])
    assert count == 5
    assert [mistake.function for mistake in alive] == ["_rounded_down", "least", "least", "least"]
    record = {"rows": [{"alive": {f"small_module.{alive[0]}": "it is never seen"}}]}
    (tmp_path / "mutation.json").write_text(json.dumps(record))
    monkeypatch.setattr(mutation, "RECORDS", tmp_path)
    row = mutation.row(small, ["rounding"])
    assert [*row["alive"].values()] == ["it is never seen", *2 * [mutation.NO_REASON]]
    assert (row["count"], row["found"]) == (3, 2)
    monkeypatch.setattr(mutation, "narrowest", lambda _: [str(tmp_path / "test_wrong.py")])
    with pytest.raises(RuntimeError, match=r"small_module fail .*test_it"):
        mutation.survivors(small, list(KINDS))
    del sys.modules["small_module"]


def test_every_module_has_tests_and_every_theorem_is_a_module():
    known = modules()
    assert {theorem.__name__ for theorem in THEOREMS} < known.keys()
    for module in known.values():
        assert all((ROOT / test.partition("::")[0]).is_file() for test in narrowest(module))
