"""A hundred tampered proofs, each of them refused; and harmless changes, which may pass."""

import copy
import json
import struct
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph
from pairbounds.theory.proofs.decimals import written
from tests.theory.proofs.verifier import record_of, said, saved, verifier

K = 3


def some_graph(seed=0, n_left=9, n_right=8):
    rng = np.random.default_rng(seed)
    labels = np.arange(n_left) % 3
    agree = labels[:, None] == np.arange(n_right) % 3
    return PairGraph(rng.random((n_left, n_right)) ** 2 * (0.1 + agree), labels)


def tiny_graph():
    return PairGraph([[4, 1, 0], [1, 3, 0], [0, 1, 3], [1, 0, 5]], [0, 0, 1, 1])


def rough_record(graph, k):
    """With walks of so few bits that what they round away is seen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairbounds.theory.proofs.proof.WALK_BITS", 24)
        return record_of(graph, k, hops=2)


GRAPHS = {"walks in bits": some_graph(), "walks of few bits": some_graph(1), "exact walks": tiny_graph()}
RECORDS = {
    "walks in bits": record_of(GRAPHS["walks in bits"], K, hops=2),
    "walks of few bits": rough_record(GRAPHS["walks of few bits"], K),
    "exact walks": record_of(GRAPHS["exact walks"], 2, hops=2),
}


def moved(text, by):
    return written(Fraction(text) + Fraction(by))


def put(name, value, *keys):
    """A change in place, and its name."""

    def edit(changed):
        for key in keys[:-1]:
            changed = changed[key]
        changed[keys[-1]] = value

    return name, edit


def edits_of_polynomial(i, claim):
    for j, text in enumerate(claim["polynomial"]):
        for by in ("0.001", "-0.001"):
            yield put(f"claim {i}: p_{j} {by}", moved(text, by), "claims", i, "polynomial", j)
    yield put(f"claim {i}: p doubled", [moved(t, t) for t in claim["polynomial"]], "claims", i, "polynomial")
    yield put(f"claim {i}: p without its last", claim["polynomial"][:-1], "claims", i, "polynomial")
    yield put(f"claim {i}: no p", [], "claims", i, "polynomial")


def edits_of_claim(i, claim):
    for value in (moved(claim["value"], "-0.000000001"), 0.5, "nan", "1e9", "0", None):
        yield put(f"claim {i}: value {value}", value, "claims", i, "value")
    if claim["quantity"] == "probe_mse":
        yield put(f"claim {i}: of the error", "probe_error", "claims", i, "quantity")
    yield put(f"claim {i}: of another quantity", "zero_shot_error", "claims", i, "quantity")
    if "filter" in claim:
        for price in (moved(claim["price"], "1"), moved(claim["price"], "-1"), "0", "-1"):
            yield put(f"claim {i}: price {price}", price, "claims", i, "price")
        for q in (["1"], ["0"], [], claim["filter"][:-1]):
            yield put(f"claim {i}: the filter {q}", q, "claims", i, "filter")


def edits_of_basis(record):
    basis, k = record["basis"], record["k"]
    wrong = {
        "is 0": [[0] * k for _ in basis],
        "is half as long": [[v // 2 for v in row] for row in basis],
        "is turned": basis[::-1],
        "lacks a row": basis[:-1],
        "has a row more": [*basis, basis[0]],
        "lacks a column": [row[:-1] for row in basis],
        "has a column more": [[*row, 2**50] for row in basis],
        "has floats": [[float(v) for v in row] for row in basis],
        "is nothing": [],
    }
    wrong |= {f"lacks column {j}": [[*row[:j], 0, *row[j + 1 :]] for row in basis] for j in range(k)}
    for i, row in enumerate(basis):
        if max(map(abs, row)) > 2**50:
            wrong[f"has row {i} the other way"] = [*basis[:i], [-v for v in row], *basis[i + 1 :]]
    for what, changed in wrong.items():
        yield put(f"V {what}", changed, "basis")


def edits_of_numbers(record):
    for j, (low, high) in enumerate(record["moments"]):
        for by in ("0.0000001", "-0.0000001"):
            yield put(f"moment {j} {by}", [moved(low, by), moved(high, by)], "moments", j)
        if Fraction(high) - Fraction(low) > Fraction(1, 10**12):
            middle = (Fraction(low) + Fraction(high)) / 2
            yield put(f"moment {j} up to its middle", [low, str(middle)], "moments", j)
            yield put(f"moment {j} from its middle", [str(middle), high], "moments", j)
        if j in (1, 2):
            yield put(f"moment {j} wider", [moved(low, "-0.001"), moved(high, "0.001")], "moments", j)
    yield put("moments left out", record["moments"][:-1], "moments")
    wrong = {
        "at_most": (moved(record["at_most"], "-0.000001"), moved(record["at_most"], "0.01")),
        "at_least": (moved(record["at_least"], "0.000001"), "0"),
        "k": (record["k"] - 1, record["k"] + 1, 0, -1, True, 2.0, "3"),
        "bits": (record["bits"] + 1, record["bits"] - 40, -3, 56.0),
        "walk_bits": (8, -1, 0.0),
        "graph": ("0" * 64, ""),
        "penalty": ("0.99", "-0.99"),
    }
    for key, values in wrong.items():
        for value in values:
            yield put(f"{key} is {value!r}", value, key)


def edits(record):
    """Changes in place, each with its name: every one makes the record prove too much, or nothing."""
    for i, claim in enumerate(record["claims"]):
        yield from edits_of_claim(i, claim)
        yield from edits_of_polynomial(i, claim)
    yield from edits_of_numbers(record)
    yield from edits_of_basis(record)

    def narrower(changed):
        changed["k"] -= 1
        changed["basis"] = [row[:-1] for row in changed["basis"]]

    def bribed(changed):
        (vote,) = (claim for claim in changed["claims"] if "filter" in claim)
        vote["polynomial"][0], vote["price"], vote["value"] = "1000", "-1", "0"

    yield "a vote at a price below 0, for a huge budget", bribed
    yield "the width smaller, and V", narrower
    for key in record:
        yield f"no {key}", lambda changed, key=key: changed.pop(key)


TAMPERED = [(name, what, edit) for name, record in RECORDS.items() for what, edit in edits(record)]


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    return {
        name: verifier.Graph(saved(graph, tmp_path_factory.mktemp(name.replace(" ", "-"))))
        for name, graph in GRAPHS.items()
    }


def test_there_are_a_hundred_of_each():
    for name in GRAPHS:
        assert sum(name == of for of, _, _ in TAMPERED) >= 100


@pytest.mark.parametrize("name", GRAPHS)
def test_untouched_they_are_proved(graphs, name):
    assert len(verifier.check(graphs[name], RECORDS[name])) == 5


@pytest.mark.parametrize("name", GRAPHS)
def test_tampered_they_are_refused(graphs, name):
    passed = []
    for _, what, edit in (each for each in TAMPERED if each[0] == name):
        changed = copy.deepcopy(RECORDS[name])
        edit(changed)
        try:
            verifier.check(graphs[name], changed)
        except Exception:
            continue
        passed.append(what)
    assert passed == []


@pytest.mark.parametrize("name", GRAPHS)
def test_a_harmless_loosening_passes(graphs, name):
    for claim in range(5):
        changed = copy.deepcopy(RECORDS[name])
        changed["claims"][claim]["value"] = moved(changed["claims"][claim]["value"], "0.1")
        assert verifier.check(graphs[name], changed)
    changed = copy.deepcopy(RECORDS[name])
    del changed["claims"][1:4]
    assert len(verifier.check(graphs[name], changed)) == 2


def changed_graphs(graph):
    """Other graphs: a label, a weight, by the last bit of it, a pair moved, two labels exchanged."""
    labels, joint = graph.left_labels.copy(), graph.joint.toarray()
    labels[0] = (labels[0] + 1) % 2
    yield "a label", PairGraph(joint, labels)
    exchanged = graph.left_labels.copy()
    exchanged[[0, -1]] = exchanged[[-1, 0]]
    yield "labels exchanged", PairGraph(joint, exchanged)
    for i in range(len(joint)):
        column = int(np.argmax(joint[i]))
        heavier, bit = joint.copy(), joint.copy()
        heavier[i, column] *= 1.01
        bit[i, column] = np.nextafter(bit[i, column], 1)
        yield f"a weight of row {i}", PairGraph(heavier, graph.left_labels)
        yield f"the last bit of a weight of row {i}", PairGraph(bit, graph.left_labels)
    yield "the sides exchanged", PairGraph(joint.T, np.arange(joint.shape[1]) % 2)
    yield "right labels too", PairGraph(joint, graph.left_labels, np.arange(joint.shape[1]) % 2)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_proof_of_another_graph_is_refused(tmp_path, name):
    for what, other in changed_graphs(GRAPHS[name]):
        read = verifier.Graph(saved(other, tmp_path))
        with pytest.raises(verifier.Refusal, match="of another graph"):
            verifier.check(read, RECORDS[name])
        # Whoever changes the digest too has proved nothing of the other graph, where it differs by more than a name.
        if what not in ("right labels too",) and not what.startswith("the last bit"):
            with pytest.raises(Exception, match=r".*"):
                verifier.check(read, RECORDS[name] | {"graph": read.digest})


def test_the_last_bit_of_a_weight_moves_an_exact_moment(tmp_path):
    joint = tiny_graph().joint.toarray()
    joint[0, 0] = np.nextafter(joint[0, 0], 1)
    read = verifier.Graph(saved(PairGraph(joint, tiny_graph().left_labels), tmp_path))
    with pytest.raises(verifier.Refusal, match="moment 1 is not in its interval"):
        verifier.check(read, RECORDS["exact walks"] | {"graph": read.digest})


def rewritten(source, target, name, change):
    """The same archive with one of its arrays changed, byte by byte."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == f"{name}.npy" else content)
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("data", lambda raw: raw[:-8] + struct.pack("<d", -0.1)),
        ("data", lambda raw: raw[:-8] + struct.pack("<d", 0.0)),
        ("data", lambda raw: raw[:-8] + struct.pack("<d", float("inf"))),
        ("data", lambda raw: raw[:-8] + struct.pack("<d", float("nan"))),
        ("data", lambda raw: raw[:-8]),
        ("data", lambda raw: raw.replace(b"<f8", b"<f4")),
        ("data", lambda raw: raw.replace(b"'fortran_order': False", b"'fortran_order': True ")),
        ("indptr", lambda raw: raw[:-4] + struct.pack("<i", 3)),
        ("indices", lambda raw: raw[:-4] + struct.pack("<i", 99)),
        ("indices", lambda raw: raw[:-4] + struct.pack("<i", -1)),
        ("left_labels", lambda raw: raw[:-8]),
        ("shape", lambda raw: raw[:-8] + struct.pack("<q", 99)),
    ],
)
def test_a_damaged_graph_is_refused(tmp_path, name, change):
    whole = saved(tiny_graph(), tmp_path)
    with pytest.raises(Exception, match=r".*"):
        verifier.check(verifier.Graph(rewritten(whole, tmp_path / "damaged.npz", name, change)), RECORDS["exact walks"])


def test_files_that_are_none_end_in_one_line(tmp_path):
    graph, proof, broken = saved(tiny_graph(), tmp_path), tmp_path / "proof.json", tmp_path / "broken.json"
    proof.write_text(json.dumps(RECORDS["exact walks"]))
    broken.write_text(proof.read_text()[:-100])
    for files in ([graph, broken], [proof, graph], [proof, proof], [graph, tmp_path / "none"]):
        lines, reason = said(*files)
        assert lines == []
        assert reason.startswith("NOT PROVED: the files cannot be read (")
    with pytest.raises(SystemExit, match="two files are needed"):
        verifier.main([str(graph)])
