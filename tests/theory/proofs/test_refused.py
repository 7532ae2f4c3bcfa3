"""Tampered and hostile files: each ends in one line of the verifier's own words. Harmless changes may pass."""

import copy
import io
import json
import re
import shutil
import struct
import sys
import zipfile
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from pairbounds import PairGraph
from pairbounds.theory.proofs.decimals import written
from tests.theory.proofs.verifier import record_of, saved, verdict_of, verifier


def some_graph(seed=0, n_left=9, n_right=8):
    rng = np.random.default_rng(seed)
    labels = np.arange(n_left) % 3
    agree = labels[:, None] == np.arange(n_right) % 3
    return PairGraph(rng.random((n_left, n_right)) ** 2 * (0.1 + agree), labels)


def rough_record(graph, k):
    """A proof with walks of so few bits that their rounding is visible."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairbounds.theory.proofs.proof.WALK_BITS", 24)
        return record_of(graph, k, order=2)


GRAPH = PairGraph([[4, 1, 0], [1, 3, 0], [0, 1, 3], [1, 0, 5]], [0, 0, 1, 1])
GRAPHS = {"walks in bits": some_graph(), "walks of few bits": some_graph(1), "exact walks": GRAPH}
RECORD = record_of(GRAPH, 2, order=2)
RECORDS = {
    "walks in bits": record_of(GRAPHS["walks in bits"], 3, order=2),
    "walks of few bits": rough_record(GRAPHS["walks of few bits"], 3),
    "exact walks": RECORD,
}
FALSE_LINE = "4, width 3)\nPROVED probe_error <= 0.0 (theorem 15"
TERMINAL = "\x1b[1A\x1b[2KPROVED\x07\r\u202e"


@pytest.fixture
def refused(tmp_path):
    """The reason with which a graph and the bytes or the record of a proof are refused, if it is one safe line."""
    graph_path = saved(GRAPH, tmp_path)

    def _refused(proof, graph=graph_path):
        path = tmp_path / "proof.json"
        path.write_bytes(proof if isinstance(proof, bytes) else json.dumps(proof).encode())
        lines, reason = verdict_of(graph, path)
        assert lines == []
        assert re.fullmatch(r"NOT PROVED: [\w ,.:/<=>()\[\]+'²σ-]{10,200}", reason), reason
        return reason.removeprefix("NOT PROVED: ")

    return _refused


# Records in which one thing is changed: every change makes it prove too much, or nothing.


def moved(text, change):
    return written(Fraction(text) + Fraction(change))


def with_changed(record, value, *keys):
    changed = inner = copy.deepcopy(record)
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return changed


BASIS, VOTE = RECORD["basis"], RECORD["claims"][4]
NUMBER, PLACE, SHOWN = "not a short decimal", "a place is out of range", "is not shown by theorem"
TAMPERED = [
    (NUMBER, *((text, "claims", 0, "value") for text in ("0.9\n", "٠.٩", "1e9", "9" * 5000, None))),
    ("a claim is not a decimal", ("9/1", "claims", 0, "value")),
    (SHOWN, *((moved(claim["value"], "-1e-9"), "claims", i, "value") for i, claim in enumerate(RECORD["claims"]))),
    (SHOWN, ("probe_error", "claims", 0, "quantity"), ("99", "claims", 4, "price")),
    ("a polynomial is too small", (moved(VOTE["polynomial"][0], "-0.001"), "claims", 4, "polynomial", 0)),
    ("a polynomial is too small", (["1"], "claims", 4, "filter"), (moved(RECORD["at_most"], "0.01"), "at_most")),
    ("a polynomial is not a list", ([], "claims", 0, "polynomial")),
    ("at a price of at least 0", (VOTE | {"polynomial": ["1000"], "price": "-1", "value": "0"}, "claims", 4)),
    ("the theorem", *((theorem, "claims", 0, "theorem") for theorem in (TERMINAL, 16, True))),
    ("the quantity", (f"probe_mse{FALSE_LINE}", "claims", 0, "quantity")),
    ("a claim has wrong keys", (FALSE_LINE, "claims", 0, "note")),
    ("the claims is not a list", ({}, "claims"), (RECORD["claims"] * 4, "claims")),
    ("is not in its interval", (["0", "0.1"], "moments", 1)),
    ("the moments is not a list", ([["1", "1"]] * 1000, "moments")),
    (PLACE, ("2", "at_most"), ("-1", "at_least"), ("0.99", "penalty")),
    (NUMBER, (1, "at_most"), (f"0.5{TERMINAL}", "penalty")),
    ("is not shown to be at most", (moved(RECORD["at_most"], "-0.000001"), "at_most")),
    ("is not shown to be at least", (moved(RECORD["at_least"], "0.000001"), "at_least")),
    ("the width is not", (True, "k"), (10**30, "k")),
    ("a row of V", (3, "k")),
    ("the bits are out of range", (-3, "bits"), (10**9, "walk_bits")),
    ("for another graph", ("0" * 64, "graph")),
    ("another format", ("pairbounds proof 2", "format")),
    ("the proof has wrong keys", (0, "a key more")),
    ("not shown to be at most", (BASIS[::-1], "basis")),
    ("lacks a row for each distinct row", (BASIS[:-1], "basis")),
    ("needs small integers", ([[float(v) for v in row] for row in BASIS], "basis"), ([[10**4000] * 2] * 3, "basis")),
]


@pytest.mark.parametrize(("reason", "change"), [(reason, case) for reason, *cases in TAMPERED for case in cases])
def test_a_tampered_record_is_rejected(refused, reason, change):
    assert reason in refused(with_changed(RECORD, *change))


@pytest.mark.parametrize("name", GRAPHS)
def test_a_complete_record_is_accepted_and_one_without_a_key_or_with_another_moment_is_rejected(
    refused, tmp_path, name
):
    graph, proof, record = saved(GRAPHS[name], tmp_path), tmp_path / "whole.json", RECORDS[name]
    proof.write_text(json.dumps(record))
    lines, reason = verdict_of(graph, proof)
    assert (len(lines), reason) == (5, None)
    for key in record:
        assert "wrong keys" in refused({other: record[other] for other in record if other != key}, graph)
    for j, (low, high) in enumerate(record["moments"]):
        for change in ("0.0000001", "-0.0000001"):
            assert "is not in" in refused(
                with_changed(record, [moved(low, change), moved(high, change)], "moments", j), graph
            )


def test_a_polynomial_that_halving_never_decides_takes_no_more_work_than_the_graph_allows(
    refused, tmp_path, monkeypatch
):
    """Its degree is 61, on 2 x 2 nodes, and it has a double root at the root of 1/2, which no interval ends at."""
    path = saved(PairGraph([[3, 1], [1, 3]], [0, 1]), tmp_path)
    forged = [Fraction(comb(57, j)) for j in range(58)]  # (1 + t)^57, times (2 t² - 1)²
    for _ in range(2):
        forged = [2 * after - before for before, after in zip([*forged, 0, 0], [0, 0, *forged], strict=True)]
    claim = RECORD["claims"][0] | {"polynomial": [*map(written, forged)], "value": "9"}
    states = verifier.read(path).walks(61, 0)
    moments = [[str(sum(h * h for line in state for h in line) / 2)] * 2 for state in states]
    monkeypatch.setattr(verifier, "WORK", 2**24)
    record = record_of(PairGraph([[3, 1], [1, 3]], [0, 1]), 1) | {"moments": moments, "claims": [claim]}
    assert "more work than the size of the graph allows" in refused(record, path)


def test_a_theorem_without_a_penalty_is_rejected_with_a_penalty(refused):
    record = record_of(GRAPH, 2, penalty=0.5, order=2)
    assert "the theorem of a claim" in refused(with_changed(record, 15, "claims", 0, "theorem"))


def other_graphs(graph):
    """Other graphs: by a label, by the last bit of each heaviest weight, and with labels on the right."""
    labels, joint = graph.left_labels, graph.joint.toarray()
    yield PairGraph(joint, np.append((labels[0] + 1) % 2, labels[1:]))
    for i, column in enumerate(joint.argmax(axis=1)):
        bit = joint.copy()
        bit[i, column] = np.nextafter(bit[i, column], 1)
        yield PairGraph(bit, labels)
    yield PairGraph(joint, labels, np.arange(joint.shape[1]) % 2)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_proof_of_another_graph_is_rejected(tmp_path, name):
    for other in other_graphs(GRAPHS[name]):
        with pytest.raises(verifier.Refusal, match="for another graph"):
            verifier.check(verifier.read(saved(other, tmp_path)), RECORDS[name])


# Files.

TEXT = json.dumps(RECORD)
UNREADABLE = {
    "a key twice": TEXT[:-1] + ', "penalty": "0.9"}',
    "a power": TEXT.replace('"bits": 56', '"bits": 1e999999999'),
    "many digits": TEXT.replace('"bits": 56', f'"bits": {"9" * 10**5}'),
    "deep": "[" * 10**5 + "]" * 10**5,
    "a mark before it": "\ufeff" + TEXT,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_ambiguous_json_is_rejected(refused, text):
    assert refused(text.encode())
    assert refused(text.encode("utf-16"))


def npy(kind, shape, body, *, order=False):
    """An array's file, with a head that says so."""
    head = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + b"\x01\x00" + struct.pack("<H", len(head)) + head + body


def integers(*values):
    return npy("<i8", (len(values),), struct.pack(f"<{len(values)}q", *values))


def weights(*values):
    return npy("<f8", (len(values),), struct.pack(f"<{len(values)}d", *values))


NO_ARRAY = "not an array of one dimension"
ARRAYS = [
    ("left_labels", integers(0, 0, -1, 1), "the graph lacks left labels"),
    ("left_labels", npy("<i8", (4,), bytes(72)), "left_labels is too long"),
    ("left_labels", npy("|O", (4,), b"\x80\x04K\x01."), NO_ARRAY),
    ("left_labels", npy(">i8", (4,), bytes(32)), NO_ARRAY),
    ("left_labels", npy("<i8", (4,), bytes(32), order=True), NO_ARRAY),
    ("left_labels", integers(0, 0, 1, 1).replace(b"v\x00{", b"u\x00{"), NO_ARRAY),
    ("left_labels", b"", NO_ARRAY),
    ("right_labels", npy("<U1", (3,), bytes(12)), NO_ARRAY),
    ("shape", integers(4, 2**62), "different sizes"),
    ("indptr", integers(0, -2, 4, 6, 8), "different sizes"),
    ("indices", integers(0, 0, 1, 1, 1, 2, 0, 2), "row 0 is not sorted"),
    ("data", weights(1, 2), "different sizes"),
    *(
        ("data", weights(*[1.0] * 7, value), "a weight is not positive and finite")
        for value in (float("inf"), float("nan"), -0.0, -5e-324)
    ),
    ("data", weights(*[1.0] * 7, 5e-324), "for another graph"),
]


@pytest.mark.parametrize(("member", "raw", "reason"), ARRAYS)
def test_an_array_of_no_graph_is_rejected(refused, tmp_path, member, raw, reason):
    assert reason in refused(RECORD, rewritten(tmp_path, {f"{member}.npy": raw}))


def rewritten(folder, changes):
    """The graph's archive with these members changed or added."""
    path = folder / "rewritten.npz"
    with zipfile.ZipFile(folder / "graph.npz") as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in ({name: old.read(name) for name in old.namelist()} | changes).items():
            new.writestr(name, raw)
    return path


def test_an_ambiguous_archive_is_rejected(refused, tmp_path):
    """numpy takes `shape` for the array of this name, and no archive for what does not begin as one."""
    assert refused(RECORD, rewritten(tmp_path, {"shape": integers(9, 9)})) == "the graph has a duplicate array"
    path = shutil.copy(tmp_path / "graph.npz", tmp_path / "twice.npz")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("left_labels.npy", integers(1, 1, 0, 0))
    assert refused(RECORD, path) == "the graph has a duplicate array"
    raw_archive = (tmp_path / "graph.npz").read_bytes()
    for raw in (b"#!" + raw_archive, b"PK\x03\x00" + raw_archive[4:]):
        path.write_bytes(raw)
        assert refused(RECORD, path) == "the graph is not a plain archive"
    for name in ("proof.json", "none.npz", "."):
        assert "the files cannot be read" in refused(RECORD, tmp_path / name)


def test_an_array_that_unpacks_without_end_is_not_unpacked(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(verifier, "LARGEST", 10**5)
    path = rewritten(tmp_path, {"left_labels.npy": npy("<i8", (10**6,), bytes(8 * 10**6))})
    assert "left_labels is too long" in refused(RECORD, path)


def test_a_failed_print_is_no_proof(tmp_path, monkeypatch):
    path, proof, closed = saved(GRAPH, tmp_path), tmp_path / "proof.json", io.StringIO()
    proof.write_text(TEXT)
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    for files in ([path, proof], [path]):
        with pytest.raises(SystemExit, match="NOT PROVED"):
            verifier.main([*map(str, files)])
