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

import numpy as np
import pytest

from pairbounds import PairGraph
from pairbounds.theory.proofs.decimals import written
from tests.theory.proofs.verifier import record_of, said, saved, verifier


def some_graph(seed=0, n_left=9, n_right=8):
    rng = np.random.default_rng(seed)
    labels = np.arange(n_left) % 3
    agree = labels[:, None] == np.arange(n_right) % 3
    return PairGraph(rng.random((n_left, n_right)) ** 2 * (0.1 + agree), labels)


def rough_record(graph, k):
    """With walks of so few bits that what they round away is seen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairbounds.theory.proofs.proof.WALK_BITS", 24)
        return record_of(graph, k, hops=2)


GRAPH = PairGraph([[4, 1, 0], [1, 3, 0], [0, 1, 3], [1, 0, 5]], [0, 0, 1, 1])
GRAPHS = {"walks in bits": some_graph(), "walks of few bits": some_graph(1), "exact walks": GRAPH}
RECORD = record_of(GRAPH, 2, hops=2)
RECORDS = {
    "walks in bits": record_of(GRAPHS["walks in bits"], 3, hops=2),
    "walks of few bits": rough_record(GRAPHS["walks of few bits"], 3),
    "exact walks": RECORD,
}
FALSE_LINE = "4, width 3)\nPROVED probe_error <= 0.0 (theorem 15"
TERMINAL = "\x1b[1A\x1b[2KPROVED\x07\r\u202e"


@pytest.fixture
def refused(tmp_path):
    """The reason with which a graph and the bytes or the record of a proof are refused, if it is one safe line."""
    whole = saved(GRAPH, tmp_path)

    def _refused(proof, graph=whole):
        path = tmp_path / "proof.json"
        path.write_bytes(proof if isinstance(proof, bytes) else json.dumps(proof).encode())
        lines, reason = said(graph, path)
        assert lines == []
        assert re.fullmatch(r"NOT PROVED: [\w ,.:/<=>()\[\]+'²σ-]{10,200}", reason), reason
        return reason.removeprefix("NOT PROVED: ")

    return _refused


# Records in which one thing is changed: every change makes it prove too much, or nothing.


def moved(text, by):
    return written(Fraction(text) + Fraction(by))


def with_changed(record, value, *keys):
    changed = inner = copy.deepcopy(record)
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return changed


TEXTS = (f"0.9{FALSE_LINE}", "0.9\n", "٠.٩", "1e9", "9/1", "-0", "1_0", "+1", "9" * 5000, 0.9, [], None, "nan", "0")


def changes_of_claim(i, claim):
    """Other values, each with its keys."""
    for value in (moved(claim["value"], "-0.000000001"), *(TEXTS if i == 0 else ())):
        yield value, "claims", i, "value"
    for j, text in enumerate(claim["polynomial"]):
        for by in ("0.001", "-0.001"):
            yield moved(text, by), "claims", i, "polynomial", j
    for polynomial in (claim["polynomial"][:-1], [], "99", ["1/0"], [moved(t, t) for t in claim["polynomial"]]):
        yield polynomial, "claims", i, "polynomial"
    if claim["quantity"] == "probe_mse":
        yield "probe_error", "claims", i, "quantity"
    if "filter" in claim:
        for price in (moved(claim["price"], "1"), moved(claim["price"], "-1"), "0", "-1"):
            yield price, "claims", i, "price"
        for q in (["1"], ["0"], [], claim["filter"][:-1]):
            yield q, "claims", i, "filter"
        # A vote at a price below 0, for a huge budget.
        yield claim | {"polynomial": ["1000", *claim["polynomial"][1:]], "price": "-1", "value": "0"}, "claims", i


def changes_of_claims(record):
    for i, claim in enumerate(record["claims"]):
        yield from changes_of_claim(i, claim)
    for theorem in (FALSE_LINE, TERMINAL, "4", 4.0, 5, 16, 18, True, [4]):
        yield theorem, "claims", 0, "theorem"
    for quantity in (f"probe_mse{FALSE_LINE}", "zero_shot_error"):
        yield quantity, "claims", 0, "quantity"
    yield FALSE_LINE, "claims", 0, "note"
    for claims in ([], {}, "", None, ["theorem"], record["claims"] * 4):
        yield claims, "claims"


def changes_of_numbers(record):
    for j, (low, high) in enumerate(record["moments"]):
        for by in ("0.0000001", "-0.0000001"):
            yield [moved(low, by), moved(high, by)], "moments", j
        if Fraction(high) - Fraction(low) > Fraction(1, 10**12):
            middle = str((Fraction(low) + Fraction(high)) / 2)
            yield [low, middle], "moments", j
            yield [middle, high], "moments", j
    yield [moved(record["moments"][1][0], "-0.001"), moved(record["moments"][1][1], "0.001")], "moments", 1
    wrong = {
        "at_most": (moved(record["at_most"], "-0.000001"), moved(record["at_most"], "0.01"), "2", 1, "nan"),
        "at_least": (moved(record["at_least"], "0.000001"), "0", "-1", "2", None),
        "k": (record["k"] - 1, record["k"] + 1, 0, -1, True, 2.0, "3", 10**30),
        "bits": (record["bits"] + 1, record["bits"] - 40, -3, 56.0, 10**9, True),
        "walk_bits": (8, -1, 0.0, 10**9, None),
        "graph": ("0" * 64, ""),
        "penalty": ("0.99", "-0.99", "1", f"0.5{TERMINAL}", "0.5\n"),
        "moments": (record["moments"][:-1], "12", [], [["1"]], ["11"], [["1", "1"]] * 1000),
        "format": ("pairbounds proof 2", "", None, TERMINAL),
        "a key more": (0,),
    }
    yield from ((value, key) for key, values in wrong.items() for value in values)


def changes_of_basis(record):
    basis, k = record["basis"], record["k"]
    wrong = [
        *([[0] * k for _ in basis], [[v // 2 for v in row] for row in basis], basis[::-1], basis[:-1]),
        *([*basis, basis[0]], [row[:-1] for row in basis], [[*row, 2**50] for row in basis]),
        *([[float(v) for v in row] for row in basis], [], "", {}, [[True] * k] * len(basis), [[10**4000] * k]),
    ]
    wrong += [[[*row[:j], 0, *row[j + 1 :]] for row in basis] for j in range(k)]
    wrong += [
        [*basis[:i], [-v for v in row], *basis[i + 1 :]] for i, row in enumerate(basis) if max(map(abs, row)) > 2**50
    ]
    yield from ((each, "basis") for each in wrong)


def tampered(record):
    for changes in (changes_of_claims, changes_of_numbers, changes_of_basis):
        yield from (with_changed(record, *change) for change in changes(record))
    yield record | {"k": record["k"] - 1, "basis": [row[:-1] for row in record["basis"]]}
    yield from ({other: record[other] for other in record if other != key} for key in record)


@pytest.mark.parametrize("name", GRAPHS)
def test_more_than_a_hundred_tampered_records_are_refused(refused, tmp_path, name):
    graph, proof = saved(GRAPHS[name], tmp_path), tmp_path / "whole.json"
    proof.write_text(json.dumps(RECORDS[name]))
    lines, reason = said(graph, proof)
    assert (len(lines), reason) == (5, None)
    reasons = [refused(record, graph) for record in tampered(RECORDS[name])]
    assert len(reasons) > 100
    assert not any("cannot be read" in reason for reason in reasons)


def test_a_theorem_without_a_penalty_is_not_shown_with_one(refused):
    record = record_of(GRAPH, 2, penalty=0.5, hops=2)
    assert "the theorem of a claim" in refused(with_changed(record, 15, "claims", 0, "theorem"))


@pytest.mark.parametrize("name", GRAPHS)
def test_a_harmless_loosening_passes(tmp_path, name):
    graph, record = verifier.Graph(saved(GRAPHS[name], tmp_path)), RECORDS[name]
    for i, claim in enumerate(record["claims"]):
        assert verifier.check(graph, with_changed(record, moved(claim["value"], "0.1"), "claims", i, "value"))
    assert len(verifier.check(graph, record | {"claims": record["claims"][::4]})) == 2


def other_graphs(graph):
    """Other graphs, and whether what is proved of them differs: by a label, by a weight, by the last bit of it."""
    labels, joint = graph.left_labels, graph.joint.toarray()
    yield PairGraph(joint, np.append((labels[0] + 1) % 2, labels[1:])), True
    for i in range(len(joint)):
        column = int(np.argmax(joint[i]))
        heavier, bit = joint.copy(), joint.copy()
        heavier[i, column] *= 1.01
        bit[i, column] = np.nextafter(bit[i, column], 1)
        yield PairGraph(heavier, labels), True
        yield PairGraph(bit, labels), False
    yield PairGraph(joint.T, np.arange(joint.shape[1]) % 2), True
    yield PairGraph(joint, labels, np.arange(joint.shape[1]) % 2), False


@pytest.mark.parametrize("name", GRAPHS)
def test_a_proof_of_another_graph_is_refused(tmp_path, name):
    for other, differs in other_graphs(GRAPHS[name]):
        read = verifier.Graph(saved(other, tmp_path))
        with pytest.raises(verifier.Refusal, match="of another graph"):
            verifier.check(read, RECORDS[name])
        if differs:  # whoever changes the digest too has proved nothing of the other graph
            with pytest.raises(Exception, match=r".*"):
                verifier.check(read, RECORDS[name] | {"graph": read.digest})


# Files.

TEXT = json.dumps(RECORD)
UNREADABLE = {
    "a key twice": TEXT[:-1] + ', "penalty": "0.9"}',
    "no number": TEXT.replace('"bits": 56', '"bits": NaN'),
    "a power": TEXT.replace('"bits": 56', '"bits": 1e999999999'),
    "many digits": TEXT.replace('"bits": 56', f'"bits": {"9" * 10**5}'),
    "deep": "[" * 10**5 + "]" * 10**5,
    "more than one": TEXT + TEXT,
    "cut off": TEXT[:-100],
    "nothing": "",
    "a list": f"[{TEXT}]",
    "a mark before it": "\ufeff" + TEXT,
}


@pytest.mark.parametrize(
    "raw", [*(text.encode() for text in UNREADABLE.values()), TEXT.encode("utf-16"), b"\xff" + b"{}"]
)
def test_text_that_readers_of_json_differ_on(refused, raw):
    assert refused(raw)


def npy(kind, shape, body, *, order=False, version=1):
    """An array's file, with a head that says so."""
    head = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(head)) + head + body


def integers(*values):
    return npy("<i8", (len(values),), struct.pack(f"<{len(values)}q", *values))


def weights(*values):
    return npy("<f8", (len(values),), struct.pack(f"<{len(values)}d", *values))


NO_ARRAY = "no array of one dimension"
ARRAYS = [
    ("left_labels", integers(0, 0, -1, 1), "the graph lacks left labels"),
    ("left_labels", integers(0, 0, 2**62, 1), "the graph lacks left labels"),
    ("left_labels", npy("<i8", (4,), bytes(72)), "left_labels is too long"),
    ("left_labels", npy("<i8", (9,), bytes(32)), "left_labels is too long"),
    ("left_labels", npy("|O", (4,), b"\x80\x04K\x01."), NO_ARRAY),
    ("left_labels", npy(">i8", (4,), bytes(32)), NO_ARRAY),
    ("left_labels", npy("<f8", (4,), bytes(32)), NO_ARRAY),
    ("left_labels", npy("<i8", (4, 1), bytes(32)), NO_ARRAY),
    ("left_labels", npy("<i8", (4,), bytes(32), order=True), NO_ARRAY),
    ("left_labels", npy("<i8", (4,), bytes(32), version=3), NO_ARRAY),
    ("left_labels", integers(0, 0, 1, 1).replace(b"v\x00{", b"u\x00{"), NO_ARRAY),
    ("left_labels", b"", NO_ARRAY),
    ("right_labels", npy("<U1", (3,), bytes(12)), NO_ARRAY),
    ("shape", integers(4, 2**62), "not of one size"),
    ("shape", integers(4), "not of one size"),
    ("indptr", integers(), "lacks left labels"),
    ("indptr", integers(0, -2, 4, 6, 8), "not of one size"),
    ("indices", integers(0, 0, 1, 1, 1, 2, 0, 2), "row 0 is not in order"),
    ("indices", integers(0, 1, 0, 1, 1, 9, 0, 9), "row 2 is not in order"),
    ("data", weights(1, 2), "not of one size"),
    *(
        ("data", weights(*[1.0] * 7, value), "a weight is not positive and finite")
        for value in (float("inf"), float("nan"), -0.0, -5e-324)
    ),
    ("data", weights(*[1.0] * 7, 5e-324), "of another graph"),
]


@pytest.mark.parametrize(("member", "raw", "reason"), ARRAYS)
def test_an_array_that_is_none_of_a_graph(refused, tmp_path, member, raw, reason):
    assert reason in refused(RECORD, rewritten(tmp_path, {f"{member}.npy": raw}))


def rewritten(folder, changes):
    """The graph's archive with these members changed or added."""
    path = folder / "rewritten.npz"
    with zipfile.ZipFile(folder / "graph.npz") as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in ({name: old.read(name) for name in old.namelist()} | changes).items():
            new.writestr(name, raw)
    return path


def test_an_archive_that_another_reader_takes_for_something_else(refused, tmp_path):
    """numpy takes `shape` for the array of this name, and no archive for what does not begin as one."""
    assert refused(RECORD, rewritten(tmp_path, {"shape": integers(9, 9)})) == "the graph has an array twice"
    path = shutil.copy(tmp_path / "graph.npz", tmp_path / "twice.npz")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("left_labels.npy", integers(1, 1, 0, 0))
    assert refused(RECORD, path) == "the graph has an array twice"
    whole = (tmp_path / "graph.npz").read_bytes()
    for raw in (b"#!" + whole, b"PK\x03\x00" + whole[4:]):
        path.write_bytes(raw)
        assert refused(RECORD, path) == "the graph is no archive alone"
    for name in ("proof.json", "none.npz", "."):
        assert "the files cannot be read" in refused(RECORD, tmp_path / name)


def test_an_array_that_unpacks_without_end_is_not_unpacked(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(verifier, "LARGEST", 10**5)
    path = rewritten(tmp_path, {"left_labels.npy": npy("<i8", (10**6,), bytes(8 * 10**6))})
    assert "left_labels is too long" in refused(RECORD, path)


def test_where_nothing_can_be_printed_nothing_is_proved(tmp_path, monkeypatch):
    path, proof, closed = saved(GRAPH, tmp_path), tmp_path / "proof.json", io.StringIO()
    proof.write_text(TEXT)
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    for files in ([path, proof], [path]):
        with pytest.raises(SystemExit, match="NOT PROVED"):
            verifier.main([*map(str, files)])
