"""The fuzzer of proofs on a few of them; and that it finds what a verifier without one of its checks says."""

import json
from copy import deepcopy
from fractions import Fraction
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from pairbounds import PairGraph, probe, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from tests.families import GRAPHS
from tests.fuzz.proofs.__main__ import app
from tests.fuzz.proofs.changes import INJECTED, VALUE, Case, packed
from tests.fuzz.proofs.judging import TooMuchWork, counted
from tests.fuzz.proofs.running import ProofTally, Trial, tried
from tests.fuzz.proofs.sources import source
from tests.fuzz.proofs.truth import errors
from tests.theory.proofs.verifier import changed, saved

AT_MOST, TERM = ("at_most",), ("claims", 0, "polynomial", 0)
EXAMPLES = 20


def test_nothing_false_is_said_of_changed_proofs():
    tally = tried("fast", EXAMPLES)
    assert tally.kinds.total() == EXAMPLES
    assert dict(tally.findings) == {}
    assert tally.said["lines"] > 0
    assert tally.proved.total() < EXAMPLES


TIGHT, PENALISED = 2, 0  # sources: theorem 4 is an equality, and rounding coarse; μ = 0.875
INJECTION = {"theorem": INJECTED}
ALL_OF_ONE_CLASS = {"moments": [["1", "1"]] * 5}
# What the verifier is without; the source, the claim and what of it is changed that show it; the number to be shaved.
HOLES = {
    "a theorem that is printed unchecked": (
        ("type(theorem) is int and theorem in theorems", "True"),
        (TIGHT, 0, INJECTION, ()),
    ),
    "a place that is believed": (("values.at_most(at_most, basis)", "True"), (TIGHT, 0, {}, (AT_MOST,))),
    "a matrix that is definite up to rounding": (
        ("len(matrix) * (isqrt(max(0, 0, *(row[-1] for row in matrix))) + 2), []", "0, []"),
        (TIGHT, 0, {}, (AT_MOST,)),
    ),
    "moments that are believed": (("low <= least and most <= high", "True"), (TIGHT, 0, ALL_OF_ONE_CLASS, ())),
    "polynomials that are believed": (
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
    chosen = source(number)
    record = deepcopy(chosen.record)
    record["claims"] = [record["claims"][claim]]
    (record if "moments" in changes else record["claims"][0]).update(changes)
    tries = 40 if shaved or changes else 0
    case = Case("shave", packed(chosen.members), json.dumps(record).encode(), record, (*shaved, VALUE), tries)
    tally = ProofTally()
    with TemporaryDirectory() as folder:
        Trial(Path(folder), program, tally).judge(case)
    return tally.findings


@pytest.mark.parametrize("hole", HOLES)
def test_a_verifier_with_a_hole_is_found_out(hole):
    without, case = HOLES[hole]
    assert "a line that is false" in found_of(changed(without), *case)
    assert found_of(changed(), *case) == {}


def test_what_runs_on_is_stopped_by_its_calls():
    with pytest.raises(TooMuchWork):
        counted(lambda: [abs(i) for i in count()], limit=1000)
    assert counted(lambda: [abs(i) for i in range(50)], limit=1000) in range(50, 100)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("penalty", [0, 0.4])
def test_the_true_errors_are_those_of_the_probe(seed, penalty, tmp_path):
    graph, k = GRAPHS["dense_random"](np.random.default_rng(seed), 6), 2
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
    out, found = tmp_path / "proofs.json", tmp_path / "found"
    arguments = ("--proofs", 4, "--seed", 0, "--jobs", 1, "--out", out, "--found", found)
    assert call(app, *arguments)[0] == 0
    assert [row["found"] for row in json.loads(out.read_text())["rows"]] == [0] * 7
    monkeypatch.setattr("tests.fuzz.proofs.running.faults", lambda said, graph: ["a line that is false"])
    code, printed, _ = call(app, *arguments)
    assert code == 1
    assert "Found of 4 proofs: a line that is false" in printed
    assert sorted(path.name for path in (found / "a_line_that_is_false").iterdir()) == ["graph.npz", "proof.json"]
