"""Files that were made to mislead or to keep busy: each ends in one line of the verifier's own words."""

import io
import json
import re
import shutil
import struct
import sys
import zipfile
from copy import deepcopy

import pytest

from pairbounds import PairGraph
from tests.theory.proofs.verifier import record_of, said, saved, verifier

GRAPH = PairGraph([[4, 1, 0], [1, 3, 0], [0, 1, 3], [1, 0, 5]], [0, 0, 1, 1])
RECORD = record_of(GRAPH, 2, hops=2)
PENALISED = record_of(GRAPH, 2, penalty=0.5, hops=2)

FALSE_LINE = "4, width 3)\nPROVED probe_error <= 0.0 (theorem 15"
TERMINAL = "\x1b[1A\x1b[2KPROVED\x07\r\u202e"


@pytest.fixture
def refused(tmp_path):
    """The reason of a graph's and a proof's bytes or record, after the checks that hold for each."""
    whole = saved(GRAPH, tmp_path)

    def _refused(proof, graph=whole):
        path = tmp_path / "proof.json"
        path.write_bytes(proof if isinstance(proof, bytes) else json.dumps(proof).encode())
        lines, reason = said(graph, path)
        assert lines == []
        assert re.fullmatch(r"NOT PROVED: [\w ,.:/<=>()+'²-]{10,200}", reason), reason
        return reason.removeprefix("NOT PROVED: ")

    return _refused


def with_claim(**changes):
    changed = deepcopy(RECORD)
    changed["claims"][0] |= changes
    return changed


CLAIMS = {
    **{
        f"theorem {value!r}"[:40]: with_claim(theorem=value) for value in (FALSE_LINE, TERMINAL, "4", 4.0, 5, True, [4])
    },
    "theorem 18 without a penalty": with_claim(theorem=18),
    "theorem 16 without a vote": with_claim(theorem=16),
    "theorem 15 with a penalty": PENALISED | {"claims": [PENALISED["claims"][0] | {"theorem": 15}]},
    "quantity": with_claim(quantity=f"probe_mse{FALSE_LINE}"),
    **{
        f"value {value!r}"[:40]: with_claim(value=value)
        for value in (
            f"0.9{FALSE_LINE}",
            "0.9\n",
            " 0.9",
            "٠.٩",
            "1e9",
            "9/1",
            "-0",
            "1_0",
            "+1",
            "9" * 5000,
            1,
            0.9,
            [],
        )
    },
    "a name of its own": with_claim(note=FALSE_LINE),
    "a claim of text": RECORD | {"claims": ["theorem"]},
    **{f"claims {value!r}": RECORD | {"claims": value} for value in ([], {}, "", None, RECORD["claims"] * 4)},
    "a polynomial of text": with_claim(polynomial="99"),
    "a quotient by nothing": with_claim(polynomial=["1/0"]),
}

SETTINGS = {
    "format": ["pairbounds proof 2", "", None, TERMINAL],
    "bits": [10**9, -1, True, "56"],
    "walk_bits": [10**9, 0.0, None],
    "k": [10**30, 0, -1, True],
    "basis": ["", {}, [], [[True, 1]] * 3, [[10**4000, 1]] * 3],
    "moments": ["12", [], [["1"]], ["11"], [["1", "1"]] * 1000],
    "at_most": ["2", 1, "nan", "Infinity"],
    "at_least": ["-1", "2", None],
    "penalty": ["1", "-0.5", f"0.5{TERMINAL}", "0.5\n"],
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_is_none(refused, name):
    assert "cannot be read" not in refused(CLAIMS[name])


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in SETTINGS.items() for value in values])
def test_a_setting_out_of_its_type_or_range(refused, key, value):
    assert "cannot be read" not in refused(RECORD | {key: value})


def test_a_width_of_any_size_over_an_empty_basis(refused):
    assert refused(RECORD | {"k": 10**30, "basis": []}) == "the width is not from 1 to the smaller side"
    assert "keys" in refused(RECORD | {FALSE_LINE: 0})
    assert "keys" in refused([RECORD])


TEXT = json.dumps(RECORD)
TEXTS = {
    "a key twice": TEXT[:-1] + ', "penalty": "0.9"}',
    "no number": TEXT.replace('"bits": 56', '"bits": NaN'),
    "no end": TEXT.replace('"bits": 56', '"bits": Infinity'),
    "a power": TEXT.replace('"bits": 56', '"bits": 1e999999999'),
    "many digits": TEXT.replace('"bits": 56', f'"bits": {"9" * 10**5}'),
    "deep": "[" * 10**5 + "]" * 10**5,
    "more than one": TEXT + TEXT,
    "nothing": "",
    "a mark before it": "\ufeff" + TEXT,
}


@pytest.mark.parametrize("raw", [*(text.encode() for text in TEXTS.values()), TEXT.encode("utf-16"), b"\xff" + b"{}"])
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


ARRAYS = {
    "a label of none": ("left_labels", integers(0, 0, -1, 1), "the graph lacks left labels"),
    "a huge label": ("left_labels", integers(0, 0, 2**62, 1), "the graph lacks left labels"),
    "a head of 4 over a body of 9": ("left_labels", npy("<i8", (4,), bytes(72)), "left_labels is too long"),
    "a head of 9 over a body of 4": ("left_labels", npy("<i8", (9,), bytes(32)), "left_labels is too long"),
    "labels of text": ("left_labels", npy("<U1", (4,), bytes(16)), "no array of one dimension"),
    "objects": ("left_labels", npy("|O", (4,), b"\x80\x04K\x01."), "no array of one dimension"),
    "big ends first": ("left_labels", npy(">i8", (4,), bytes(32)), "no array of one dimension"),
    "floats for labels": ("left_labels", npy("<f8", (4,), bytes(32)), "no array of one dimension"),
    "two dimensions": ("left_labels", npy("<i8", (4, 1), bytes(32)), "no array of one dimension"),
    "Fortran's order": ("left_labels", npy("<i8", (4,), bytes(32), order=True), "no array of one dimension"),
    "another version": ("left_labels", npy("<i8", (4,), bytes(32), version=3), "no array of one dimension"),
    "a head too short": ("left_labels", integers(0, 0, 1, 1).replace(b"v\x00{", b"u\x00{"), "no array of one dim"),
    "no bytes": ("left_labels", b"", "no array of one dimension"),
    "other right labels": ("right_labels", npy("<U1", (3,), bytes(12)), "no array of one dimension"),
    "columns without end": ("shape", integers(4, 2**62), "not of one size"),
    "one size": ("shape", integers(4), "not of one size"),
    "no rows": ("indptr", integers(), "lacks left labels"),
    "rows back and forth": ("indptr", integers(0, -2, 4, 6, 8), "not of one size"),
    "an end twice": ("indices", integers(0, 0, 1, 1, 1, 2, 0, 2), "row 0 is not in order"),
    "ends beyond": ("indices", integers(0, 1, 0, 1, 1, 9, 0, 9), "row 2 is not in order"),
    "few weights": ("data", weights(1, 2), "not of one size"),
    **{
        f"a weight of {value}": ("data", weights(*[1.0] * 7, value), "a weight is not positive and finite")
        for value in (float("inf"), float("nan"), -0.0, -5e-324)
    },
    "the smallest weight": ("data", weights(*[1.0] * 7, 5e-324), "of another graph"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_is_none_of_a_graph(refused, tmp_path, name):
    member, raw, reason = ARRAYS[name]
    assert reason in refused(RECORD, rewritten(tmp_path, {f"{member}.npy": raw}))


def rewritten(folder, changes):
    """The graph's archive with these members changed or added."""
    path = folder / "rewritten.npz"
    with zipfile.ZipFile(folder / "graph.npz") as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in ({name: old.read(name) for name in old.namelist()} | changes).items():
            new.writestr(name, raw)
    return path


def test_an_array_that_is_there_twice(refused, tmp_path):
    path = shutil.copy(tmp_path / "graph.npz", tmp_path / "twice.npz")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("left_labels.npy", integers(1, 1, 0, 0))
    assert refused(RECORD, path) == "the graph has an array twice"


def test_an_archive_that_another_reader_takes_for_something_else(refused, tmp_path):
    """numpy takes `shape` for the array of this name, and no archive for what does not begin as one."""
    assert refused(RECORD, rewritten(tmp_path, {"shape": integers(9, 9)})) == "the graph has an array twice"
    path = tmp_path / "longer.npz"
    path.write_bytes(b"#!" + (tmp_path / "graph.npz").read_bytes())
    assert refused(RECORD, path) == "the graph is no archive alone"
    path.write_bytes(b"PK\x03\x00" + (tmp_path / "graph.npz").read_bytes()[4:])
    assert refused(RECORD, path) == "the graph is no archive alone"


def test_an_array_that_unpacks_without_end_is_not_unpacked(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(verifier, "LARGEST", 10**5)
    path = rewritten(tmp_path, {"left_labels.npy": npy("<i8", (10**6,), bytes(8 * 10**6))})
    assert "left_labels is too long" in refused(RECORD, path)


@pytest.mark.parametrize("graph", ["proof.json", "none.npz", "."])
def test_a_graph_that_is_no_archive(refused, tmp_path, graph):
    assert "the files cannot be read" in refused(RECORD, tmp_path / graph)


def test_where_nothing_can_be_printed_nothing_is_proved(tmp_path, monkeypatch):
    path, proof, closed = saved(GRAPH, tmp_path), tmp_path / "proof.json", io.StringIO()
    proof.write_text(TEXT)
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    with pytest.raises(SystemExit, match="NOT PROVED"):
        verifier.main([str(path), str(proof)])
