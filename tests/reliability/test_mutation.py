"""Mistakes: what is tried, that it takes effect and leaves nothing behind, and that a few modules' tests see each."""

import contextlib
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pairbounds.theory.bounds import THEOREMS
from pairbounds.theory.quantities import margins
from tests.bounds import test_outward
from tests.reliability import mutation
from tests.reliability.equivalent import SAME_VALUE
from tests.reliability.mutating import KINDS, Loaded, mistakes, mutants
from tests.reliability.narrow import modules, narrowest
from tests.theory import test_counting, test_margins, test_pairs_to_error, test_restricted, test_ridge, test_transfer

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


# A sample of the campaign: every mistake of some kinds in a few modules, against tests that are called here.


def patched(test: Callable[..., None], *arguments: object) -> None:
    """A test that takes `monkeypatch` last."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        test(*arguments, monkeypatch)


def from_pairs() -> None:
    for seed in range(3):
        test_pairs_to_error.test_the_error_from_pairs_from_its_definition.hypothesis.inner_test(seed)
    for part, amount in (("upper_values", 1e-3), ("lower_values", -1e-3), ("rounding", 1e-3)):
        patched(test_pairs_to_error.test_what_the_spectrum_may_be_off_by_raises_the_bound, part, amount)


def on_transfer() -> None:
    test_transfer.test_the_bound_is_1_where_the_whole_target_is_wrong_for_little_of_the_source()
    test_transfer.test_round_off_counts_where_nothing_is_spent()


def on_restricted() -> None:
    patched(test_restricted.test_round_off_of_a_thousandth_counts_in_every_part)


def on_counting() -> None:
    patched(test_counting.test_round_off_of_a_thousandth_counts_against_the_polynomial_and_the_products)
    patched(test_counting.test_the_number_is_the_root_of_what_the_products_prove, 0.99)


def on_margins() -> None:
    test_margins.test_round_off_of_as_many_sums_counts_in_the_budget_and_in_the_mass()


def together() -> None:
    for name in test_outward.TOGETHER:
        test_outward.test_every_allowance_counts(name)


def on_theorem_3() -> None:
    for share, apart in ((0.5, True), (1.0, False), (2.0, False)):
        test_outward.test_values_no_further_apart_than_round_off_are_one_to_theorem_3(share, apart, 2)


def on_means() -> None:
    patched(test_outward.test_the_means_of_classes_are_off_by_a_sum_of_their_features)
    patched(test_outward.test_a_node_that_may_be_nearest_to_its_own_mean_is_in_doubt)
    test_outward.test_a_variance_of_nothing_is_off_by_a_rounding_of_the_features()


def on_ridge() -> None:
    patched(test_ridge.test_both_ends_are_rounded_outward_and_the_rule_begins_below_0)
    patched(test_ridge.test_the_distance_of_a_ratio_is_rounded_up_and_counts_with_the_heaviest_class)
    test_ridge.test_a_rule_that_reaches_the_pole_says_nothing()


# A module, the function that is changed there, or any, the kinds of mistakes, and what must fail.
SAMPLE = [
    ("pairbounds.theory.bounds.theorem22_counting", "count_above", ("number", "rounding"), on_counting),
    ("pairbounds.theory.bounds.theorem22_counting", "_range", ("rounding",), on_counting),
    ("pairbounds.theory.quantities.margins", "", ("rounding",), on_margins),
    ("pairbounds.theory.bounds.theorem26_pairs_to_error", "mse_from_pairs", ("rounding", "end", "extreme"), from_pairs),
    ("pairbounds.theory.bounds.theorem24_restricted", "", ("rounding",), on_restricted),
    ("pairbounds.theory.bounds.theorem21_ridge_probe", "ridge_mse_at_most", ("rounding",), on_ridge),
    ("pairbounds.theory.bounds.theorem21_ridge_probe", "_outward", ("rounding", "extreme"), on_ridge),
    ("pairbounds.theory.bounds.theorem25_transfer", "", ("rounding",), on_transfer),
    ("pairbounds.theory.bounds.theorem03_mmcl_is_sscl", "", ("rounding",), on_theorem_3),
    ("pairbounds.theory.bounds.theorem06_zero_shot", "", ("rounding", "end"), together),
    ("pairbounds.theory.bounds.theorem07_near_optimal", "", ("rounding", "end"), together),
    ("pairbounds.theory.bounds.theorem11_nearest_mean", "", ("rounding",), on_means),
]


@pytest.mark.parametrize(("name", "function", "kinds", "check"), SAMPLE)
def test_each_mistake_of_a_sample_fails_a_test(name, function, kinds, check):
    module = importlib.import_module(name)
    loaded, alive = Loaded(module), []
    check()
    tried = [mutant for mutant in mutants(module, kinds) if function in ("", mutant.function)]
    for mutant in tried:
        with loaded.with_mistake(mutant), contextlib.suppress(Exception, pytest.fail.Exception):
            check()
            alive.append(str(mutant))
    assert {mutant.kind for mutant in tried} == set(kinds)
    assert [one for one in alive if one not in SAME_VALUE] == []


# The campaign itself.


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
        return [row["what"] for row in content["rows"]], content["notes"][2:], content["measured"]["minutes"]

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
