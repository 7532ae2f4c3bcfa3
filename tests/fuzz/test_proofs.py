"""The fuzzer of proofs on a few of them; and that it finds what a verifier without one of its checks says."""

import json
from copy import deepcopy
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, probe, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from tests.families import GRAPHS
from tests.fuzz.__main__ import app
from tests.fuzz.proofs import INJECTED, VALUE, Case, judge, judged, source
from tests.fuzz.truth import errors
from tests.theory.proofs.verifier import changed, saved

AT_MOST, TERM = ("at_most",), ("claims", 0, "polynomial", 0)
EXAMPLES = 20


def test_nothing_false_is_said_of_changed_proofs():
    tally = judged("fast", EXAMPLES)
    assert tally.total("proofs") == EXAMPLES
    assert tally.first == {}
    assert tally.total("lines") > 0
    assert tally.total("proved") < EXAMPLES


TIGHT, PENALISED = 2, 0  # sources: theorem 4 is an equality, and rounding coarse; μ = 0.875
INJECTION = {"theorem": INJECTED}
ALL_OF_ONE_CLASS = {"moments": [["1", "1"]] * 5}
# What the verifier is without; the source, the claim and what of it is changed that show it; the number to be shaved.
HOLES = {
    "a theorem that is printed unchecked": (
        ("type(theorem) is int and theorem in theorems", "True"),
        (TIGHT, 0, INJECTION, ()),
    ),
    "an unchecked place": (("values.at_most(at_most, basis)", "True"), (TIGHT, 0, {}, (AT_MOST,))),
    "a matrix that is definite up to rounding": (
        ("len(matrix) * (isqrt(max(0, 0, *(row[-1] for row in matrix))) + 2), []", "0, []"),
        (TIGHT, 0, {}, (AT_MOST,)),
    ),
    "unchecked moments": (("low <= least and most <= high", "True"), (TIGHT, 0, ALL_OF_ONE_CLASS, ())),
    "unchecked polynomials": (
        ("all(above_square(p, *part) for part in parts)", "True"),
        (TIGHT, 0, {}, (TERM,)),
    ),
    "a penalty that is not named": (
        ("{'penalty ' + proof['penalty'] if penalty else 'no penalty'}", "no penalty"),
        (PENALISED, 2, {}, ()),
    ),
}


def found_of(program, number, claim, changes, shaved):
    """What is found in one claim of a source, changed and shaved."""
    graph, record = map(deepcopy, source(number))
    record["claims"] = [record["claims"][claim]]
    (record if "moments" in changes else record["claims"][0]).update(changes)
    tries = 40 if shaved or changes else 0
    case = Case("shave", graph, json.dumps(record).encode(), record, (*shaved, VALUE), tries)
    return judge(case, program)[1]


@pytest.mark.parametrize("hole", HOLES)
def test_a_verifier_with_a_hole_is_found_out(hole):
    without, case = HOLES[hole]
    assert "a line that is false" in found_of(changed(without), *case)
    assert found_of(changed(), *case) == []


@pytest.mark.parametrize("penalty", [0, 0.4])
def test_the_true_errors_are_those_of_the_probe(penalty, tmp_path):
    graph, k = GRAPHS["dense_random"](np.random.default_rng(0), 6), 2
    triplets = spectrum(graph, k + 1)
    optimum = Encoder.penalised_optimum(graph, triplets, k, penalty) if penalty else Encoder.optimum(graph, triplets, k)
    true, found = errors(saved(graph, tmp_path).read_bytes(), k, Fraction(str(penalty))), probe(graph, optimum.left)
    assert float(true["probe_mse"]) == pytest.approx(found.mse, abs=1e-9)
    assert float(true["probe_error"]) == pytest.approx(found.error, abs=1e-9)


def test_of_tied_values_the_worst_choice_counts(tmp_path):
    """Of components whose values are all 1 what is kept may say nothing of the classes."""
    path = saved(PairGraph(np.diag([1.0, 1.0, 1.0, 5.0]), [0, 0, 0, 1]), tmp_path)
    assert errors(path.read_bytes(), 1, Fraction(0)) == {"probe_mse": 1, "probe_error": 1}


def test_the_command_counts_and_keeps_what_it_finds(call, tmp_path, monkeypatch):
    found = tmp_path / "found"
    arguments = ("--graphs", 0, "--proofs", 4, "--seed", 0, "--jobs", 1, "--out", tmp_path, "--found", found)
    assert call(app, *arguments)[0] == 0
    assert {row["found"] for row in json.loads((tmp_path / "proofs.json").read_text())["rows"]} == {0}
    monkeypatch.setattr("tests.fuzz.proofs._faults", lambda lines, reason, graph: ["a line that is false"])
    code, printed, _ = call(app, *arguments)
    assert code == 1
    assert "Found of 4 proofs: a line that is false" in printed
    assert sorted(path.name for path in (found / "a_line_that_is_false").iterdir()) == ["graph.npz", "proof.json"]
