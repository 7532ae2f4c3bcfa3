"""The fuzzer of proofs on a few of them; and that it finds what a verifier without one of its checks says."""

import json
from copy import deepcopy
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, probe, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from tests.families import GRAPHS
from tests.fuzz.batches import batches, each_of
from tests.fuzz.proofs import INJECTED, VALUE, Case, cases, judge, source
from tests.fuzz.truth import errors
from tests.theory.proofs.verifier import changed, saved

AT_MOST, TERM = ("at_most",), ("claims", 0, "polynomial", 0)


@pytest.mark.parametrize("batch", batches("PROOFS", 15), ids=str)
def test_nothing_false_is_said_of_changed_proofs(batch, record_property):
    printed = []

    def look(case: Case) -> None:
        lines, found = judge(case)
        printed.append(len(lines))
        assert found == []

    each_of(cases(), look, batch)
    record_property("what", "changed proofs, by batches with a line that is false or not the verifier's own")
    record_property("count", len(printed))
    assert any(printed)
    assert not all(printed)


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
        ("all(above_square(p, *part, work) for part in parts)", "True"),
        (TIGHT, 0, {}, (TERM,)),
    ),
    "a penalty that is not named": (
        ("{'penalty ' + proof['penalty'] if penalty else 'no penalty'}", "no penalty"),
        (PENALISED, 2, {}, ()),
    ),
}


def found_of(program, number, claim, changes, shaved):
    """The findings in one claim of a source, changed and shaved."""
    graph, record = map(deepcopy, source(number))
    record["claims"] = [record["claims"][claim]]
    (record if "moments" in changes else record["claims"][0]).update(changes)
    tries = 40 if shaved or changes else 0
    case = Case(graph, json.dumps(record).encode(), record, (*shaved, VALUE), tries)
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
    """Components whose values are all 1: those that are kept may say nothing of the classes."""
    path = saved(PairGraph(np.diag([1.0, 1.0, 1.0, 5.0]), [0, 0, 0, 1]), tmp_path)
    assert errors(path.read_bytes(), 1, Fraction(0)) == {"probe_mse": 1, "probe_error": 1}
