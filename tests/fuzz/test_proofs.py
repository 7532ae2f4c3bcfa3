"""Forged proofs: whatever the verifier prints of one is a line of its own form, and true by `tests.fuzz.truth`.

A forgery is a true proof of a small graph that Hypothesis changes; then some of its numbers move as far as the verifier
takes them, the value of the claim last.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from fractions import Fraction
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from pairbounds import PairGraph, probe, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.proofs.decimals import written
from pairbounds.theory.proofs.polynomials import chord
from tests.families import GRAPHS
from tests.fuzz.batches import batches, each_of
from tests.fuzz.truth import BEYOND, errors
from tests.theory.proofs.verifier import changed, record_of, said, saved, verifier

Draw = Any  # Hypothesis' function that draws
Keys = tuple[Any, ...]  # keys and positions that lead into a record

# True proofs: some are tight or of tied values, half are so coarse that rounding is seen.

PROOFS = 40
TIGHT, PENALISED = 2, 0  # numbers: theorem 4 is an equality, and rounding coarse; μ = 0.875
APART = PairGraph(  # with the penalty 0.875 the bound is 0.355 at k = 3; without it the error is 0.613
    [[0, 2, 5, 1, 2], [1, 1, 5, 0, 2], [1, 4, 0, 4, 0], [0, 0, 0, 0, 2], [0, 0, 1, 0, 0]], [0, 1, 1, 1, 0]
)
TIED = PairGraph(np.ones((4, 4)) + 6 * np.eye(4), [0, 0, 1, 1])  # all values but the first are one
FIXED = {PENALISED: (APART, 3, 0.875), 1: (TIED, 2, None), 4: (TIED, 1, 0.5)}
FEW_BITS = {"proof.WALK_BITS": 12, "proof.EXACT_NODES": 0, "proof.BITS": 20, "places.BITS": 20}


@cache
def true_proof(number: int) -> tuple[bytes, dict[str, Any]]:
    """The file of a graph, and the record of a proof."""
    rng = np.random.default_rng(number)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        for name, bits in FEW_BITS.items() if number % 4 in (2, 3) else ():
            patch.setattr(f"pairbounds.theory.proofs.{name}", bits)
        while True:
            graph, k, penalty = FIXED.get(number) or _random(rng, tight=number % 4 == 2)
            try:
                return saved(graph, Path(folder)).read_bytes(), record_of(graph, k, penalty=penalty, hops=2)
            except ValueError:  # σ_(k+1) is 1
                continue


def _random(rng: np.random.Generator, tight: bool) -> tuple[PairGraph, int, float | None]:
    if tight:
        more, less = rng.integers(8, 16), rng.integers(1, 8)
        return PairGraph([[more, less], [less, more]], [0, 1]), 1, None
    shape = rng.integers(2, 8, size=2)
    joint = rng.random(shape) ** 3 if rng.random() < 0.5 else 10.0 ** rng.integers(-9, 1, shape)
    penalty = round(float(rng.random()), 3) if rng.random() < 0.4 else None
    return PairGraph(joint, rng.integers(0, 3, shape[0])), int(rng.integers(1, min(shape) + 1)), penalty


# Forgeries.


Move = tuple[tuple[Keys, int], ...]  # numbers that move together, and which way


class Forgery(NamedTuple):
    """Bytes of two files, and the moves of the proof's numbers, each as far as some tries lead."""

    graph: bytes
    proof: bytes
    moves: tuple[Move, ...] = ()
    tries: int = 0


VALUE, AT_MOST = ((("claims", 0, "value"), -1),), ((("at_most",), -1),)
INJECTED = "4, width 3, no penalty)\nPROVED probe_error <= 0.0 (theorem 15"
JUNK = (
    st.sampled_from(["", "0", "1", "-1", "0.0", "-0", "0.5", "2", "1/3", "1/0", "1e-9", "nan", "inf", INJECTED])
    | st.sampled_from(["1_0", " 1", "1\n", "+1", "٣", "9" * 401, "9" * 4301, "probe_mse", [], {}, [[]], True, None])
    | st.sampled_from([-1, 0, 1, 2, 3, 4, 12, 15, 16, 18, 256, 2**31, 2**62, 10**30, -(2**70), 0.5, 1e308])
    | st.floats()
    | st.text(max_size=3)
)
SUFFIXES = st.sampled_from(["", " ", "\n", "e0", "_0", "/1", "٣", "\x1b[2K\r", INJECTED])
STEPS = st.builds(lambda power, sign: sign * Fraction(1, 10**power), st.integers(0, 30), st.sampled_from([-1, 1]))
REMOVED = object()
POLYNOMIAL, FILTER = ("claims", 0, "polynomial"), ("claims", 0, "filter")
PLACES = [AT_MOST, ((("at_least",), 1),), ((("penalty",), 1),), ((("claims", 0, "price"), -1),)]
TERMS = [(((*part, j), sign),) for part in (POLYNOMIAL, FILTER) for j in range(3) for sign in (-1, 1)]
INSIDE = [(((*POLYNOMIAL, j), -1), ((*POLYNOMIAL, j + 1), 1)) for j in range(3)]  # the values at 0 and 1 stay
MOMENTS = [((("moments", j, 0), sign), (("moments", j, 1), sign)) for j in range(5) for sign in (-1, 1)]
MOVES = st.sampled_from(PLACES) | st.sampled_from(TERMS) | st.sampled_from(INSIDE) | st.sampled_from(MOMENTS)


@st.composite
def forgeries(draw: Draw) -> Forgery:
    """A true proof and its graph, with something changed."""
    graph, record = map(deepcopy, true_proof(draw(st.integers(0, PROOFS - 1))))
    other_graph, other = true_proof(draw(st.integers(0, PROOFS - 1)))
    kind = draw(st.sampled_from(("change", "change", "bytes", "other graph", "move", "move", "move")))
    tries = 60 if len(record["basis"]) == 2 else 10
    if kind == "bytes":
        files = graph, json.dumps(record).encode()
        index = draw(st.integers(0, 1))
        return Forgery(*(_spliced(draw, file) if i == index else file for i, file in enumerate(files)))
    if kind == "other graph":
        graph, record["graph"] = other_graph, other["graph"]
    if kind != "change":  # one claim, that what moves is its own
        record["claims"] = [draw(st.sampled_from(record["claims"])) | draw(st.sampled_from([{}, {"value": "2"}]))]
    for _ in range(draw(st.integers(1, 3) if kind == "change" else st.sampled_from([0, 0, 1]))):
        _change(draw, record, other)
    moves = (*draw(st.lists(MOVES, min_size=1, max_size=3)), VALUE) if kind != "change" else ()
    return Forgery(graph, json.dumps(record).encode(), moves, tries)


def _change(draw: Draw, record: Any, other: Any) -> None:
    """Replace or remove a part of a record; what replaces it is near it, from elsewhere, or junk."""
    if not record:
        return
    top = draw(st.sampled_from(sorted(record)))
    *path, last = draw(st.sampled_from([keys for keys in _paths(record) if keys[:1] == (top,)]))
    container = reduce(getitem, path, record)
    old = container[last]
    parts = [reduce(getitem, keys, each) for each in (record, other) for keys in _paths(each)]
    elsewhere = st.sampled_from([part for part in parts if type(part) is type(old)]).map(deepcopy)
    new = draw(_near(old) | elsewhere | JUNK | SUFFIXES.map(lambda suffix: f"{old}{suffix}") | st.just(REMOVED))
    container[last] = new
    if new is REMOVED:
        del container[last]


def _paths(value: Any, path: Keys = ()) -> Iterator[Keys]:
    """Keys and positions that lead to the value, and to each part of it."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _paths(value[key], (*path, key))


def _near(old: Any) -> st.SearchStrategy[Any]:
    """Numbers near one, written as it is; junk in place of what is no number."""
    if type(old) is int:
        return st.sampled_from([old - 1, old + 1, -old, 2 * old, old // 2])
    try:
        number = Fraction(old)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return JUNK
    return STEPS.map(lambda step: written(number + step)) | STEPS.map(lambda step: written(number * (1 + step)))


def _spliced(draw: Draw, raw: bytes) -> bytes:
    """Bytes replaced, inserted or taken away."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        raw = raw[:start] + draw(st.binary(max_size=3)) + raw[start + draw(st.integers(0, 3)) :]
    return raw


# What is printed of them.

DECIMAL = r"\d{1,400}(?:\.\d{1,400})?"
LINE = re.compile(
    rf"PROVED (probe_mse|probe_error) <= ({DECIMAL}) \(theorem (4|15|16|18), width ([1-9]\d*), "
    rf"(?:no penalty|penalty ({DECIMAL}|\d{{1,400}}/\d{{1,400}}))\)",
    re.ASCII,
)
REASON = re.compile(r"NOT PROVED: [\w ,.:/<=>()\[\]+'²σ-]{10,1000}")


def judged(forgery: Forgery, program: ModuleType = verifier) -> list[str]:
    """The lines that the verifier prints of a forgery, after its moves; `AssertionError` if one is false."""
    with TemporaryDirectory() as folder:
        graph, proof = Path(folder) / "graph.npz", Path(folder) / "proof.json"
        graph.write_bytes(forgery.graph)
        proof.write_bytes(forgery.proof)
        lines, reason = said(graph, proof, program)
        assert bool(lines) == (reason is None), "both lines and a reason, or neither"
        assert lines or REASON.fullmatch(reason), f"a reason in other words: {reason}"
        record = json.loads(forgery.proof) if lines else None
        for move in forgery.moves if lines else ():
            step = Fraction(1, 4)
            for _ in range(forgery.tries):
                moved = _moved(record, move, step)
                proof.write_text(json.dumps(moved), encoding="utf-8")
                answer = said(graph, proof, program)[0]
                lines, record, step = (answer, moved, step) if answer else (lines, record, step / 2)
    for line in lines:
        read = LINE.fullmatch(line)
        assert read, f"another form: {line}"
        quantity, value, theorem, width, penalty = read.groups()
        assert theorem not in ({"18"} if penalty is None else {"4", "15"}), f"not of these minimisers: {line}"
        true = errors(forgery.graph, int(width), Fraction(penalty or 0))[quantity]
        assert true <= Fraction(value) + BEYOND, f"false: {line}"
    return lines


def _moved(record: Any, move: Move, step: Fraction) -> Any:
    """A copy of a record with numbers moved, where there are any; theorem 4 takes the polynomial of the place, too."""
    record = deepcopy(record)
    with suppress(KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):  # it was changed already
        for keys, sign in move:
            container = reduce(getitem, keys[:-1], record)
            container[keys[-1]] = written(Fraction(container[keys[-1]]) + sign * step)
        if move == AT_MOST and record["claims"][0]["theorem"] == 4:
            record["claims"][0]["polynomial"] = [*map(written, chord(Fraction(record["at_most"])))]
    return record


@pytest.mark.parametrize("batch", batches("PROOFS", 15), ids=str)
def test_nothing_false_is_said_of_changed_proofs(batch, record_property):
    printed = []
    each_of(forgeries(), lambda forgery: printed.append(len(judged(forgery))), batch)
    record_property("what", "changed proofs, by batches with a line that is false or not the verifier's own")
    record_property("count", len(printed))
    assert any(printed)
    assert not all(printed)


# Known mistakes: what the verifier loses; then a true proof, its claim, what changes in it, what moves.
HOLES = {
    "a theorem that is printed unchecked": (
        ("type(theorem) is int and theorem in theorems", "True"),
        (TIGHT, 0, {"theorem": INJECTED}, []),
    ),
    "an unchecked place": (("values.at_most(at_most, basis)", "True"), (TIGHT, 0, {}, [AT_MOST, VALUE])),
    "a matrix that is definite up to rounding": (
        ("len(matrix) * (isqrt(max(0, 0, *(row[-1] for row in matrix))) + 2), []", "0, []"),
        (TIGHT, 0, {}, [AT_MOST, VALUE]),
    ),
    "unchecked moments": (
        ("low <= least and most <= high", "True"),
        (TIGHT, 0, {"moments": [["1", "1"]] * 5}, [VALUE]),
    ),
    "unchecked polynomials": (
        ("all(above_square(p, *part, work) for part in parts)", "True"),
        (TIGHT, 0, {}, [(((*POLYNOMIAL, 0), -1),), VALUE]),
    ),
    "a penalty that is not named": (
        ("{'penalty ' + proof['penalty'] if penalty else 'no penalty'}", "no penalty"),
        (PENALISED, 2, {}, []),
    ),
}


@pytest.mark.parametrize(("lost", "forgery"), HOLES.values(), ids=HOLES)
def test_a_verifier_with_a_hole_is_found_out(lost, forgery):
    number, claim, changes, moves = forgery
    graph, record = map(deepcopy, true_proof(number))
    record["claims"] = [record["claims"][claim]]
    (record if "moments" in changes else record["claims"][0]).update(changes)
    forged = Forgery(graph, json.dumps(record).encode(), tuple(moves), tries=40)
    with pytest.raises(AssertionError, match=r"^false: "):
        judged(forged, changed(lost))
    judged(forged)


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
