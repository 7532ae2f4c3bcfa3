"""Tampered proofs and graphs: the verifier may print no false line, no line of another form, and never crash.

What it says is judged by a grammar of its lines, and by the true errors of `tests.fuzz.truth`.
"""

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st

from pairbounds import PairGraph, prove
from pairbounds.theory.proofs.decimals import written
from pairbounds.theory.proofs.polynomials import chord
from tests.fuzz.truth import BEYOND, errors
from tests.theory.proofs.verifier import said, saved, verifier

Draw = Any  # Hypothesis' function that draws
Keys = tuple[Any, ...]  # keys and positions

DECIMAL = r"\d{1,400}(?:\.\d{1,400})?"
LINE = re.compile(
    rf"PROVED (probe_mse|probe_error) <= ({DECIMAL}) \(theorem (4|15|16|18), width ([1-9]\d*), "
    rf"(?:no penalty|penalty ({DECIMAL}|\d{{1,400}}/\d{{1,400}}))\)",
    re.ASCII,
)
REASON = re.compile(r"NOT PROVED: [\w ,.:/<=>()\[\]+'²σ-]{10,1000}")
# Real proofs to start from: of small graphs, some tight or with ties, at several widths, penalties and precisions.

SOURCES = 40
APART = PairGraph(  # with the penalty 0.875 the bound is 0.355 at k = 3; without it the error is 0.613
    [[0, 2, 5, 1, 2], [1, 1, 5, 0, 2], [1, 4, 0, 4, 0], [0, 0, 0, 0, 2], [0, 0, 1, 0, 0]], [0, 1, 1, 1, 0]
)
TIED = PairGraph(np.ones((4, 4)) + 6 * np.eye(4), [0, 0, 1, 1])  # all values but the first are one
FIXED = {0: (APART, 3, 0.875), 1: (TIED, 2, None), 4: (TIED, 1, 0.5)}
TIGHT, COARSE = 2, (2, 3)  # of four in a row: theorem 4 is an equality; so few bits that what rounding does is seen
FEW_BITS = {"proof.WALK_BITS": 12, "proof.EXACT_NODES": 0, "proof.BITS": 20, "places.BITS": 20}


@cache
def source(number: int) -> tuple[bytes, dict[str, Any]]:
    """A graph's file, and one of the `SOURCES` proofs of it, as a reader of JSON has it."""
    rng = np.random.default_rng(number)
    while True:
        graph, k, penalty = _drawn(number, rng)
        patches = [patch(f"pairbounds.theory.proofs.{name}", bits) for name, bits in FEW_BITS.items()]
        for each in patches if number % 4 in COARSE else []:
            each.start()
        try:
            record = json.loads(json.dumps(prove(graph, k, penalty=penalty, hops=2).record()))
        except ValueError:  # σ_(k+1) is 1
            continue
        finally:
            patch.stopall()
        with TemporaryDirectory() as folder:
            return saved(graph, Path(folder)).read_bytes(), record


def _drawn(number: int, rng: np.random.Generator) -> tuple[PairGraph, int, float | None]:
    if number in FIXED:
        return FIXED[number]
    if number % 4 == TIGHT:
        more, less = rng.integers(8, 16), rng.integers(1, 8)
        return PairGraph([[more, less], [less, more]], [0, 1]), 1, None
    shape = rng.integers(2, 8, size=2)
    joint = rng.random(shape) ** 3 if rng.random() < 0.5 else 10.0 ** rng.integers(-9, 1, shape)
    penalty = round(float(rng.random()), 3) if rng.random() < 0.4 else None
    return PairGraph(joint, rng.integers(0, 3, shape[0])), int(rng.integers(1, min(shape) + 1)), penalty


# Changes.


@dataclass(frozen=True)
class Case:
    """The bytes of two files; the record that is written there; and the numbers to be shaved, in turn, by tries."""

    graph: bytes
    proof: bytes
    record: Any = None
    shaved: tuple[Keys, ...] = ()
    tries: int = 0


VALUE = ("claims", 0, "value")
INJECTED = "4, width 3, no penalty)\nPROVED probe_error <= 0.0 (theorem 15"
JUNK = (
    st.sampled_from(["", "0", "1", "-1", "0.0", "-0", "0.5", "2", "1/3", "1/0", "1e-9", "nan", "inf", INJECTED])
    | st.sampled_from(["1_0", " 1", "1\n", "+1", "٣", "9" * 401, "9" * 4301, "probe_mse", [], {}, [[]], True, None])
    | st.sampled_from([-1, 0, 1, 2, 3, 4, 12, 15, 16, 18, 256, 2**31, 2**62, 10**30, -(2**70), 0.5, 1e308])
    | st.floats()
    | st.text(max_size=3)
)
SUFFIXES = st.sampled_from(["", " ", "\n", "e0", "_0", "/1", "٣", "\x1b[2K\r", INJECTED])
STEPS = st.sampled_from([Fraction(sign, 10**power) for power in (0, 1, 2, 4, 8, 16, 30) for sign in (1, -1)])


@st.composite
def cases(draw: Draw) -> Case:
    """A real proof and its graph, with something changed."""
    graph, record = map(deepcopy, source(draw(st.integers(0, SOURCES - 1))))
    kind = draw(st.sampled_from(("record", "shave", "shave", "bytes")))
    if kind == "shave":
        return _shaved(draw, graph, record)
    if kind == "record":
        for _ in range(draw(st.integers(1, 3))):
            _change_record(draw, record)
    proof = json.dumps(record).encode()
    if kind == "bytes":
        graph, proof = (_spliced(draw, graph), proof) if draw(st.booleans()) else (graph, _spliced(draw, proof))
    return Case(graph, proof, record)


def _shaved(draw: Draw, graph: bytes, record: Any) -> Case:
    """One claim, with one of the numbers that it stands on to be made as favourable as the verifier takes it."""
    record["claims"] = [draw(st.sampled_from(record["claims"]))]
    tries = draw(st.sampled_from([60, 10] if len(record["basis"]) == 2 else [10]))
    if draw(st.integers(0, 2)) == 0:
        _change_record(draw, record)
    moments = st.tuples(st.just("moments"), st.integers(0, 4), st.integers(0, 1))
    places = st.sampled_from([("at_most",), ("at_least",), ("penalty",), ("claims", 0, "price")])
    terms = st.tuples(st.just("claims"), st.just(0), st.sampled_from(["polynomial", "filter"]), st.integers(0, 2))
    keys = draw(st.lists(places | moments | terms, max_size=2))
    return Case(graph, json.dumps(record).encode(), record, (*keys, VALUE), tries)


def _place(draw: Draw, value: Any) -> tuple[Any, Any]:
    """A container within a value, and a key or position of it."""
    if isinstance(value, dict) and isinstance(value.get("claims"), list) and value["claims"] and draw(st.booleans()):
        value = value["claims"]
    while True:
        key = draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            return value, key
        value = inner


def _change_record(draw: Draw, record: Any) -> None:
    """Something of a record moved, replaced, written otherwise, exchanged for another, or taken away."""
    if not record:
        return
    container, key = _place(draw, record)
    how = draw(st.sampled_from(("move", "replace", "write", "steal", "remove")))
    if how == "remove":
        del container[key]
    elif how == "steal":
        other, place = _place(draw, record)
        container[key] = deepcopy(other[place])
    elif how == "write":
        container[key] = f"{container[key]}{draw(SUFFIXES)}"
    else:
        container[key] = _moved(draw, container[key]) if how == "move" else draw(JUNK)


def _moved(draw: Draw, value: Any) -> Any:
    """A number a little off or scaled, in whatever way it is written."""
    if type(value) is int:
        return draw(st.sampled_from([value - 1, value + 1, -value, 2 * value, value // 2]))
    try:
        number = Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return draw(JUNK)
    return written(number + draw(STEPS) * (abs(number) if draw(st.booleans()) else 1))


def _spliced(draw: Draw, raw: bytes) -> bytes:
    """Bytes replaced, inserted or taken away."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        raw = raw[:start] + draw(st.binary(max_size=3)) + raw[start + draw(st.integers(0, 3)) :]
    return raw


# Judgements.


def judge(case: Case, program: ModuleType = verifier) -> tuple[list[str], list[str]]:
    """The lines that are printed of a case, its numbers shaved; and their faults. What crashes is raised."""
    with TemporaryDirectory() as folder:
        graph, proof = Path(folder) / "graph.npz", Path(folder) / "proof.json"
        graph.write_bytes(case.graph)
        proof.write_bytes(case.proof)
        lines, reason = said(graph, proof, program)
        if case.shaved and lines:
            lines, reason = _said_of_shaved(case, graph, proof, program), None
        return lines, _faults(lines, reason, case.graph)


def _said_of_shaved(case: Case, graph: Path, proof: Path, program: ModuleType) -> list[str]:
    """Lines printed where each number in turn is as low, or as high, as the program is found to take it."""
    record = case.record
    lines = said(graph, proof, program)[0]
    for keys in case.shaved:
        upwards = keys in (("at_least",), ("penalty",)) or (keys[0], keys[-1]) == ("moments", 0)
        step = Fraction(1 if upwards else -1, 8)
        for _ in range(case.tries):
            shaved = _with_moved(record, keys, step)
            proof.write_text(json.dumps(shaved), encoding="utf-8")
            answer = said(graph, proof, program)[0]
            lines, record, step = (answer, shaved, step) if answer else (lines, record, step / 2)
    return lines


def _with_moved(record: Any, keys: Keys, step: Fraction) -> Any:
    """A copy of a record with a number moved, where there is one; theorem 4 takes the polynomial of the place, too."""
    record = inner = deepcopy(record)
    try:
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = written(Fraction(inner[keys[-1]]) + step)
        if keys == ("at_most",) and record["claims"][0]["theorem"] == 4:
            record["claims"][0]["polynomial"] = [*map(written, chord(Fraction(record["at_most"])))]
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):  # it was changed already
        pass
    return record


def _faults(lines: list[str], reason: str | None, graph: bytes) -> list[str]:
    """Kinds of what should never be said of a graph's file."""
    if reason is not None:
        found = ["a line beside a reason"] if lines else []
        return found + ([] if REASON.fullmatch(reason) else ["a reason that is not one safe line"])
    if not lines:
        return ["neither a line nor a reason"]
    return sorted({fault for line in lines for fault in _faults_of_line(line, graph)})


def _faults_of_line(line: str, graph: bytes) -> list[str]:
    read = LINE.fullmatch(line)
    if read is None:
        return ["a line that is none"]
    quantity, value, theorem, width, penalty = read.groups()
    if theorem in {"18"} if penalty is None else theorem in {"4", "15"}:
        return ["a theorem that is not of these minimisers"]
    true = errors(graph, int(width), Fraction(penalty or 0))[quantity]
    return ["a line that is false"] if true > Fraction(value) + BEYOND else []
