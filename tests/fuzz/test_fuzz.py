"""The fuzzer on a few graphs; and that it finds, shrinks and prints what there is to find."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from pairbounds import BOUNDS, PairGraph, check_bounds
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case, two_nodes
from tests.fuzz import mutants
from tests.fuzz.__main__ import app
from tests.fuzz.running import judged, shown
from tests.fuzz.specimen import TRUSTED, Specimen
from tests.fuzz.strategies import specimens
from tests.fuzz.tally import Tally
from tests.fuzz.verdicts import NUMERICAL, findings, judge

BATCH, GRAPHS = "fast", 100
# Where a bound is no equality on its own case: each image lies where the other's caption does.
CROSSED = Case(two_nodes(0.0), 1, ([[1.0], [-3.0]], [[-9.0], [1.0]]))
PLANTED = {"cross-entropy-by-connectivity": CROSSED}
EQUALITIES = ["factorisation", "optimum", "mmcl-is-sscl", "probe-mse", "excess-loss"]


@pytest.fixture(scope="module")
def tally() -> Tally:
    return judged(BATCH, GRAPHS)


def test_no_false_verdict(tally):
    assert tally.graphs.total() == GRAPHS
    assert dict(tally.findings) == {}


def test_float64_judges_all_within_the_trusted_decades(tally):
    assert {bound for bound, span in tally.abstained if span <= TRUSTED} == set()


def test_every_mutant_is_refuted(tally):
    """By strangers' graphs; of a few it takes a rare one, which is planted: a case where the bound is an equality."""
    rare = set(mutants.names()) - {name for name, _ in tally.refuted}
    assert len(rare) < len(mutants.names()) / 5
    with mutants.registered(rare):
        assert {name for name in rare if planted(name).check()["holds"][name]} == set()
    assert {bound for bound, span in tally.missed if span <= TRUSTED} == set()


def planted(name: str) -> Case:
    bound = name.removeprefix(mutants.PREFIX)
    return PLANTED.get(bound) or CHECKS[bound].case()


@pytest.mark.parametrize("decades", [32, 150, 290])
def test_mutants_are_refuted_beyond_the_trusted_decades(decades):
    """On a graph whose bounds are equalities but for a caption that hardly ever comes."""
    specimen = Specimen(np.array([[3, 1, 10.0**-decades], [1, 3, 0]]), np.arange(2), np.array([0, 1, 0]), 1)
    assert specimen.span > TRUSTED
    with mutants.registered([mutants.PREFIX + name for name in EQUALITIES]):
        outcome = judge(specimen)
    assert outcome.refuted == [mutants.PREFIX + name for name in EQUALITIES]
    assert (outcome.abstained, outcome.findings) == ([], [])


@pytest.mark.parametrize(("power", "refuted"), [(-1000, True), (-1070, False)])
def test_a_mutant_of_tiny_features_is_refuted_while_their_products_have_digits(power, refuted):
    name, size = mutants.PREFIX + "factorisation", np.ldexp(1.0, power // 2)
    features = size * np.array([[1.0], [2.0]]), size * np.array([[3.0], [1.0]])
    specimen = Specimen(np.array([[3, 1], [1, 2]]), np.arange(2), np.arange(2), 1, features)
    with mutants.registered([name]):
        outcome = judge(specimen)
    assert (outcome.refuted, outcome.missed) == ([name] if refuted else [], [])


@given(specimen=specimens())
def test_specimens_are_what_the_constructor_takes(specimen):
    """Nothing is found only because the fuzzer brings nonsense."""
    assert np.isfinite(specimen.weights).all()
    assert specimen.weights.any(axis=0).all()
    assert specimen.weights.any(axis=1).all()
    assert 1 <= specimen.k <= min(specimen.weights.shape)
    for side, size in zip(specimen.features or (), specimen.weights.shape, strict=False):
        assert side.shape == (size, specimen.k)
        assert np.isfinite(side).all()


@given(specimen=specimens())
def test_what_is_printed_of_a_specimen_is_the_same_again(specimen):
    again = eval(repr(specimen), {"Specimen": Specimen, "np": np})
    assert repr(again) == repr(specimen)
    np.testing.assert_array_equal(again.weights, specimen.weights)


def test_mutants_are_stronger_claims():
    graph, names = PairGraph([[3, 1], [1, 2]], [0, 1], [0, 1]), mutants.names()
    with mutants.registered(names):
        table = check_bounds(graph, 1, penalty=0.3, critic=(np.eye(2), np.eye(2))).set_index("bound")
    assert set(names) == {mutants.PREFIX + name for name, claim in BOUNDS.items() if mutants.is_asserted(claim)}
    for name in names:
        mutant, claim = table.loc[name, "value"], table.loc[name.removeprefix(mutants.PREFIX), "value"]
        if mutant != claim and np.isfinite(claim):
            assert {"<=": mutant < claim, ">=": mutant > claim, "=": mutant != claim}[table.loc[name, "relation"]]
    assert not any(name.startswith(mutants.PREFIX) for name in BOUNDS)


@pytest.fixture
def too_strong(monkeypatch) -> str:
    """A bound that is false wherever three classes are present, and the kind of its finding."""
    claim = BOUNDS["induced-labelling-error"]

    def evaluate(graph, spectrum, k):
        return -1.0 if len(np.unique(graph.left_labels)) > 2 else claim.evaluate(graph, spectrum, k)

    monkeypatch.setitem(BOUNDS, claim.name, replace(claim, evaluate=evaluate))
    return f"violated {claim.name}"


def test_a_mutant_that_is_missed_is_shown(monkeypatch):
    """And no longer where it is refuted."""
    name, specimen = mutants.PREFIX + "optimum", Specimen(np.eye(2), np.arange(2), np.arange(2), 1)
    assert shown(f"missed {name}", specimen) == []
    monkeypatch.setattr("tests.fuzz.verdicts.check_bounds", abstaining)
    assert shown(f"missed {name}", specimen) == [f"missed {name}"]


def abstaining(*arguments, **given):
    """A table of which float64 can judge no row."""
    table = check_bounds(*arguments, **given)
    return table.assign(applicable=False, note=NUMERICAL, measured=np.nan)


def test_crashes_and_warnings_are_findings(monkeypatch):
    claim = BOUNDS["optimum"]

    def crashes(*_):
        warnings.warn("lost 3.5 digits", RuntimeWarning, stacklevel=1)
        raise ArithmeticError("no inverse of 7")

    monkeypatch.setitem(BOUNDS, claim.name, replace(claim, evaluate=crashes))
    found = findings(Specimen(np.eye(2), np.arange(2), np.arange(2), 1))
    assert len(found) == 2
    assert found[0].startswith("crash ")
    assert "no inverse of N" in found[0]
    assert found[1] == "warning RuntimeWarning at test_fuzz.py: lost N digits"


def test_a_refusal_of_the_constructor_is_no_finding():
    outcome = judge(Specimen(np.array([[1.0, np.nan]]), np.zeros(1), np.zeros(2), 1))
    assert outcome.findings == []
    assert outcome.refusal.startswith("joint has N NaN weights")


def test_the_command_counts_what_it_finds_and_prints_the_simplest_graph(too_strong, call, tmp_path):
    out = tmp_path / "fuzz.json"
    code, printed, _ = call(app, "--graphs", 8, "--seed", 0, "--jobs", 1, "--out", out)
    assert code == 1
    assert "seed 0" in printed
    assert out.is_file()
    kind, smallest = printed.splitlines()[-2:]
    assert kind == f"{too_strong}, for FOUND in tests/fuzz/test_found.py:"
    found = eval(smallest, {"Specimen": Specimen, "np": np})
    assert found.weights.shape in ((3, 1), (4, 1))  # as far as Hypothesis's version takes it
    assert (found.weights == 1).all()
    assert set(found.left_labels.tolist()) == {0, 1, 2}
    assert (found.k, *found.arguments.values()) == (1, None, None, None)
