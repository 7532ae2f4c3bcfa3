"""The fuzzer on a few graphs; and that it finds, shrinks and prints what there is to find."""

import json
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
from tests.fuzz.campaign import Tally
from tests.fuzz.graphs import judged
from tests.fuzz.specimens import TRUSTED, Specimen, specimens
from tests.fuzz.verdicts import judge

BATCH, GRAPHS = "fast", 60
# Where a bound is no equality on its own case: each image lies where the other's caption does.
CROSSED = Case(two_nodes(0.0), 1, ([[1.0], [-3.0]], [[-9.0], [1.0]]))
PLANTED = {"cross-entropy-by-connectivity": CROSSED}
EQUALITIES = ["factorisation", "optimum", "mmcl-is-sscl", "probe-mse", "excess-loss"]


@pytest.fixture(scope="module")
def tally() -> Tally:
    return judged(BATCH, GRAPHS, every=1)


def names(tally: Tally, what: str) -> set[str]:
    return {key[1] for key in tally.counts if key[0] == what}


def test_no_false_verdict(tally):
    assert tally.total("graphs") == GRAPHS
    assert tally.total("judged") > 10 * GRAPHS
    assert names(tally, "found") == set()


def test_float64_judges_all_within_the_trusted_decades(tally):
    assert {key for key in tally.counts if key[0] == "abstained" and key[2] <= TRUSTED} == set()


def test_every_mutant_is_refuted(tally):
    """By strangers' graphs; of a few it takes a rare one, which is planted: a case where the bound is an equality."""
    rare = set(mutants.names()) - names(tally, "refuted")
    assert len(rare) < len(mutants.names()) / 5
    with mutants.registered(rare):
        assert {name for name in rare if planted(name).check()["holds"][name]} == set()


def planted(name: str) -> Case:
    bound = name.removeprefix(mutants.PREFIX)
    return PLANTED.get(bound) or CHECKS[bound].case()


@pytest.mark.parametrize("decades", [32, 150, 290])
def test_mutants_are_refuted_beyond_the_trusted_decades(decades):
    """On a graph whose bounds are equalities but for a caption that hardly ever comes."""
    specimen = Specimen(np.array([[3, 1, 10.0**-decades], [1, 3, 0]]), np.arange(2), np.array([0, 1, 0]), 1)
    assert specimen.span > TRUSTED
    outcome = judge(specimen, [mutants.PREFIX + name for name in EQUALITIES])
    assert outcome.refuted == [mutants.PREFIX + name for name in EQUALITIES]
    assert (outcome.abstained, outcome.findings) == ([], [])


def test_a_mutant_of_tiny_features_is_refuted_while_their_products_have_digits():
    size = 2.0**-500
    features = size * np.array([[1.0], [2.0]]), size * np.array([[3.0], [1.0]])
    specimen = Specimen(np.array([[3, 1], [1, 2]]), np.arange(2), np.arange(2), 1, features)
    name = mutants.PREFIX + "factorisation"
    assert judge(specimen, [name]).refuted == [name]


@given(specimen=specimens())
def test_specimens_are_valid_and_printed_to_the_last_bit(specimen):
    """Nothing is found only because the fuzzer brings nonsense."""
    for weights in (specimen.weights, specimen.weights.T):
        assert np.isfinite(weights).all()
        assert weights.any(axis=0).all()
    assert 1 <= specimen.k <= min(specimen.weights.shape)
    for side, size in zip(specimen.features or (), specimen.weights.shape, strict=False):
        assert side.shape == (size, specimen.k)
        assert np.isfinite(side).all()
    again = eval(repr(specimen), {"Specimen": Specimen, "np": np})
    assert repr(again) == repr(specimen)
    np.testing.assert_array_equal(again.weights, specimen.weights)


def test_mutants_are_stronger_claims():
    graph, every = PairGraph([[3, 1], [1, 2]], [0, 1], [0, 1]), mutants.names()
    with mutants.registered(every):
        table = check_bounds(graph, 1, penalty=0.3, critic=(np.eye(2), np.eye(2))).set_index("bound")
    for name in every:
        mutant, claim = table.loc[name, "value"], table.loc[name.removeprefix(mutants.PREFIX), "value"]
        if mutant != claim and np.isfinite(claim):
            assert {"<=": mutant < claim, ">=": mutant > claim, "=": mutant != claim}[table.loc[name, "relation"]]
    assert not any(name.startswith(mutants.PREFIX) for name in BOUNDS)


def test_crashes_and_warnings_are_findings(monkeypatch):
    claim = BOUNDS["optimum"]

    def crashes(*_):
        warnings.warn("lost 3.5 digits", RuntimeWarning, stacklevel=1)
        raise ArithmeticError("no inverse of 7")

    monkeypatch.setitem(BOUNDS, claim.name, replace(claim, evaluate=crashes))
    crash, warning = judge(Specimen(np.eye(2), np.arange(2), np.arange(2), 1)).findings
    assert crash.startswith("crash ")
    assert "no inverse of N" in crash
    assert warning == "warning RuntimeWarning at test_fuzz.py: lost N digits"


def test_a_refusal_of_the_constructor_is_no_finding():
    outcome = judge(Specimen(np.array([[1.0, np.nan]]), np.zeros(1), np.zeros(2), 1))
    assert outcome.findings == []
    assert outcome.refusal.startswith("joint has N NaN weights")


def test_the_command_counts_what_it_finds_and_prints_the_simplest_graph(monkeypatch, call, tmp_path):
    """Table of a bound that is false wherever three classes are present."""
    claim = BOUNDS["induced-labelling-error"]

    def evaluate(graph, spectrum, k):
        return -1.0 if len(np.unique(graph.left_labels)) > 2 else claim.evaluate(graph, spectrum, k)

    monkeypatch.setitem(BOUNDS, claim.name, replace(claim, evaluate=evaluate))
    code, printed, _ = call(app, "--graphs", 8, "--proofs", 0, "--seed", 0, "--jobs", 1, "--out", tmp_path)
    assert code == 1
    assert "seed 0" in printed
    assert sum(row["found"] for row in json.loads((tmp_path / "fuzz.json").read_text())["rows"]) > 0
    lines = printed.splitlines()
    found = eval(lines[lines.index(f"violated {claim.name}:") + 1], {"Specimen": Specimen, "np": np})
    assert found.weights.shape in ((3, 1), (4, 1))  # as far as Hypothesis's version takes it
    assert (found.weights == 1).all()
    assert set(found.left_labels.tolist()) == {0, 1, 2}
    assert (found.k, *found.arguments.values()) == (1, None, None, None)
