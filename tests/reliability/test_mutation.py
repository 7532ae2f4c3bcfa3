"""Mistakes: those that are made take effect and leave nothing behind; `make mutation` tries them all."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from pairbounds.theory.bounds import THEOREMS
from pairbounds.theory.quantities import margins
from tests.reliability import mutation
from tests.reliability.equivalent import SAME_VALUE
from tests.reliability.mutating import KINDS, Loaded, mistakes, mutants
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
    ("Ends.first", "end", "return self.lower_values[k]"),
    ("Ends.first", "end", "return self.singular_values[k]"),
    ("Ends.first", "index", "return self.upper_values[k - 1]"),
    ("least", "extreme", "return max(one, other) + rounding + sqrt(_rounded_down(one, 4.0))"),
    ("least", "rounding", "return min(one, other) + 0.0 + sqrt(_rounded_down(one, 4.0))"),
    ("least", "rounding", "return min(one, other) + rounding + sqrt(one)"),
    ("least", "number", "return min(one, other) + rounding + sqrt(_rounded_down(one, 4.0)) ** 0.9"),
    ("least", "number", "return min(one, other) + rounding + sqrt(_rounded_down(one, 4.0 * 1.1))"),
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A module of a few lines."""
    (tmp_path / "small_module.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("small_module")
    del sys.modules["small_module"]


def test_each_kind_of_mistake_is_made(small):
    found = {(mutant.function, mutant.kind, mutant.after) for mutant in mutants(small)}
    assert found >= MISTAKES
    assert {kind for _, kind, _ in found} == set(KINDS)
    assert not any("raise" in after or "BLOCK" in after for _, _, after in found)


def test_a_mistake_takes_effect_wherever_the_function_is_held_and_leaves_nothing_behind(small):
    """Under a decorator, and in a class whose object is there already."""
    held, ends = small.least.__wrapped__, small.Ends()
    loaded = Loaded(small)
    right = held(8.0, 9.0), ends.first(1)
    for mutant in mutants(small, ["end", "extreme", "rounding", "number"]):
        with loaded.with_mistake(mutant):
            assert (held(8.0, 9.0), ends.first(1)) != right, mutant
        assert (held(8.0, 9.0), ends.first(1)) == right


def test_a_mistake_in_another_module_is_refused(small):
    other = next(mutants(margins))
    with pytest.raises(ValueError, match=r"shorter|longer"), Loaded(small).with_mistake(other):
        pass


def test_every_module_has_tests_and_every_theorem_is_a_module():
    known = modules()
    assert {theorem.__name__ for theorem in THEOREMS} < known.keys()
    for module in known.values():
        tests = narrowest(module)
        assert tests
        assert all((ROOT / test.partition("::")[0]).is_file() for test in tests)


def test_what_lives_is_found_in_children_of_the_process(tmp_path, monkeypatch, small):
    """A test that asks for half of what the module says: the other half lives."""
    (tmp_path / "test_half.py").write_text(
        "import small_module\n\n\ndef test_it():\n    assert small_module.Ends().first(1) == 2\n"
    )
    monkeypatch.setattr(mutation, "narrowest", lambda _: [str(tmp_path / "test_half.py")])
    count, alive = mutation.survivors(small, ["index", "extreme"])
    assert (count, [mutant.function for mutant in alive]) == (2, ["least"])


def test_a_module_whose_tests_fail_as_it_is_is_no_answer(tmp_path, monkeypatch, small):
    (tmp_path / "test_wrong.py").write_text("def test_it():\n    assert False\n")
    monkeypatch.setattr(mutation, "narrowest", lambda _: [str(tmp_path / "test_wrong.py")])
    with pytest.raises(mutation.TestsFailError, match=r"small_module: .*test_it"):
        mutation.survivors(small, ["end"])


@pytest.mark.parametrize("option", ["--module", "--kind"])
def test_an_unknown_module_or_kind_is_named(option, call):
    code, _, err = call(mutation.app, option, "nothing")
    assert code == 2
    assert "nothing is no kind" in err or "into nothing" in err


def test_the_record_grows_by_modules_and_kinds(tmp_path):
    """What is tried again takes the place of what was, with the kinds that it holds."""

    def remembered(module, kinds, alive):
        found = {"what": f"{module} {kinds}", "count": 3, "found": 1, "test": "", "module": module}
        mutation.remember({**found, "kinds": kinds, "alive": alive, "minutes": 1.0}, tmp_path)
        content = json.loads((tmp_path / "mutation.json").read_text())
        return [row["what"] for row in content["rows"]], content["notes"][1:], content["measured"]["minutes"]

    remembered("one", ["end"], {"one.f": "no reason"})
    remembered("two", ["end"], {})
    assert remembered("one", ["index"], {"one.g": "equal"}) == (
        ["one ['end']", "one ['index']", "two ['end']"],
        ["Lives: one.f: no reason", "Lives: one.g: equal"],
        3.0,
    )
    assert remembered("one", ["end", "index"], {}) == (["one ['end', 'index']", "two ['end']"], [], 2.0)


def test_the_reasons_are_of_mistakes_that_are_tried():
    changed = [module for name, module in modules().items() if any(one.startswith(f"{name}.") for one in SAME_VALUE)]
    assert SAME_VALUE.keys() <= {str(mistake) for module in changed for mistake, _ in mistakes(module)}
