"""`pairbounds check` on files of other programs: what it reads, and its error messages."""

import hashlib
import json
import re

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.io
import scipy.sparse as sp
from networkx.algorithms import bipartite

from pairbounds import PairGraph, check_bounds
from pairbounds.__main__ import app
from pairbounds.infrastructure.tables import read_table
from pairbounds.theory.graph.graph_files import read_graph

COUNTS = np.array([[5, 1, 0, 0], [4, 2, 1, 0], [0, 1, 3, 2], [0, 0, 1, 6], [1, 0, 2, 2]])
CLASSES = ["cat", "cat", "dog", "dog", "dog"]
IMAGES, TEXTS = ["a.png", "b.png", "c.png", "d.png", "e.png"], ["a cat", "a pet", "an animal", "a dog"]
PAIRS = pd.DataFrame([(IMAGES[i], TEXTS[j], COUNTS[i, j], "en") for i, j in zip(*COUNTS.nonzero(), strict=True)])
PAIRS.columns = ["url", "TEXT", "times", "language"]
WITH_COLUMNS = ("--columns", "url,TEXT,times")


def of_networkx(path):
    """The biadjacency matrix that networkx gives, as a user would save it."""
    graph = nx.Graph()
    graph.add_nodes_from(IMAGES, bipartite=0)
    graph.add_weighted_edges_from(PAIRS[["url", "TEXT", "times"]].itertuples(index=False, name=None))
    sp.save_npz(path, bipartite.biadjacency_matrix(graph, IMAGES, TEXTS))


FILES = {
    "networkx.npz": of_networkx,
    "array.npy": lambda path: np.save(path, COUNTS.astype(np.float32)),
    "market.mtx": lambda path: scipy.io.mmwrite(path, sp.coo_matrix(COUNTS)),
    "matrix.csv": lambda path: pd.DataFrame(COUNTS, IMAGES, TEXTS).to_csv(path),
    "pairs.csv": lambda path: PAIRS.to_csv(path, index=False),
    "pairs.parquet": lambda path: PAIRS.to_parquet(path),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"image": IMAGES, "class": CLASSES}).to_csv("by_id.csv", index=False)
    pd.DataFrame({"class": CLASSES}).to_csv("by_row.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("check array.npy --k 2 --critic f.npy g.npy", ["array.npy", "f.npy", "g.npy"]),
        ("check pairs.csv --k 2:3 --columns url,TEXT --labels by_id.csv", ["pairs.csv", "by_id.csv"]),
        ("batch pairs.csv --columns url,TEXT --sizes 2 --guide by_id.csv", ["pairs.csv", "by_id.csv"]),
    ],
)
def test_a_sidecar_has_the_digest_of_every_input(call, folder, command, files):
    for name in ("array.npy", "pairs.csv"):
        FILES[name](folder / name)
    for name, rows in (("f", 5), ("g", 4)):
        np.save(f"{name}.npy", np.ones((rows, 1)))
    code, _, err = call(app, *command.split(), "--out", "t.csv")
    assert code == 0, err
    record = json.loads((folder / "t.csv.json").read_text())
    expected = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
    assert record["configuration"]["content_keys"] == expected


@pytest.mark.parametrize("name", FILES)
def test_every_file_gives_the_same_table(call, folder, name):
    FILES[name](folder / name)
    pairs = name.startswith("pairs")
    options = WITH_COLUMNS if pairs else ()
    labels = "by_id.csv" if pairs else "by_row.csv"
    code, out, err = call(app, "check", name, "--k", 2, "--labels", labels, *options, "--out", "t.parquet")
    assert (code, err) == (0, "")
    expected = check_bounds(PairGraph(COUNTS, CLASSES), 2)
    pd.testing.assert_frame_equal(read_table(folder / "t.parquet")[["bound", "value"]], expected[["bound", "value"]])
    assert out.startswith(f"{name}: read as a {'list of pairs' if pairs else 'matrix'}")
    assert ("(left: url, right: TEXT, weight: times); ignored: language" in out) == pairs
    assert "2 classes: 'cat', 'dog'" in out


@pytest.mark.parametrize("header", ["id,class", "file,kind", "label,ID", "note,class,image"])
def test_labels_are_read_alike_whatever_their_header(call, folder, monkeypatch, header):
    line = {"label,ID": "{1},{0}", "note,class,image": "new,{1},{0}"}.get(header, "{},{}")
    rows = "".join(line.format(*row) + "\n" for row in ((1, "cat"), (2, "dog")))
    (folder / "p.csv").write_text("image,caption\n1,a\n2,a\n2,b\n")
    (folder / "l.csv").write_text(f"{header}\n{rows}")
    for command, options in (("check", ()), ("audit", ("--out", "audit"))):
        code, out, err = call(app, command, "p.csv", "--labels", "l.csv", "--k", 1, *options)
        assert (code, err) == (0, "")
        assert "α_T" in out


def test_labels_by_id_may_cover_some_images(folder):
    FILES["pairs.csv"]("pairs.csv")
    (folder / "labels.csv").write_text("image,class\na.png,cat\nq,bird\n")
    assert read_graph("pairs.csv", "labels.csv").graph.left_labels.tolist() == [0, -1, -1, -1, -1]


@pytest.mark.parametrize(
    ("graph", "name", "message"),
    [
        ("array.npy", "other.csv", "no class for any of the 5 left nodes"),
        ("array.npy", "l.json", r"supported formats are \.npy, \.txt"),
        ("pairs.csv", "l.txt", "which a list of pairs needs"),
    ],
)
def test_labels_of_another_graph_raise(folder, graph, name, message):
    FILES[graph](graph)
    (folder / name).write_text("id,label\n7,a\n")
    with pytest.raises(ValueError, match=message):
        read_graph(graph, name)


def test_numeric_labels_in_a_file_match_those_of_the_right_side(folder):
    PairGraph(np.eye(2) + 1, right_labels=[1, 0]).save("g.npz")
    (folder / "l.csv").write_text("id,label\n0,0\n1,1\n")
    graph = read_graph("g.npz", "l.csv").graph
    assert (graph.left_labels.tolist(), graph.right_labels.tolist(), graph.class_names) == ([0, 1], [1, 0], ("0", "1"))


@pytest.mark.parametrize(
    ("name", "stored", "message"),
    [
        ("format", "another", "another program wrote it"),
        ("indices", [9] * 13, "indices must be < 4"),
        ("shape", [10**15, 3], "index pointer size"),
        ("left_labels", [0], "left_labels has shape"),
        ("left_ids", np.array([{}, 1], dtype=object), "cannot be loaded"),
    ],
)
def test_a_damaged_graph_file_raises(folder, name, stored, message):
    PairGraph(COUNTS, CLASSES).save("g.npz")
    with np.load("g.npz") as arrays:
        np.savez("g.npz", **{**arrays, name: stored})
    with pytest.raises(ValueError, match=message):
        PairGraph.load("g.npz")
    (folder / "g.npz").write_bytes((folder / "g.npz").read_bytes()[:300])
    with pytest.raises(ValueError, match=r"is not a complete file of PairGraph\.save"):
        PairGraph.load("g.npz")


def test_foreign_arrays_objects_and_a_nul_byte_raise(folder):
    np.savez("clip.npz", images=COUNTS, texts=COUNTS)
    with pytest.raises(ValueError, match=r"clip\.npz cannot be read"):
        read_graph("clip.npz")
    np.save("objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"objects\.npy cannot be read"):
        read_graph("objects.npy")
    # In scipy's reader it ends the process.
    (folder / "nul.mtx").write_bytes(b"%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1.0\0\n2 2 1.0\n")
    with pytest.raises(ValueError, match="NUL byte"):
        read_graph("nul.mtx")


def test_a_violated_bound_is_named_with_its_widths(call, folder):
    FILES["array.npy"](folder / "array.npy")
    (folder / "mine.py").write_text(
        "from pairbounds import BOUNDS, bound\nBOUNDS.pop('too-good', None)\n"
        "@bound('too-good', quantity='probe_mse', status='conjecture')\n"
        "def too_good(graph, spectrum, k):\n    return 0.0 if k > 1 else 2.0\n"
    )
    command = ("check", "array.npy", "--labels", "by_row.csv", "--k", "1:3", "--plugin", "mine.py")
    code, out, _ = call(app, *command)
    from pairbounds import BOUNDS

    del BOUNDS["too-good"]
    assert code == 1
    assert "too-good: VIOLATED at k = 2, 3" in out


def test_a_proof_of_a_table_needs_a_saved_graph(call, refused, folder):
    FILES["pairs.csv"](folder / "pairs.csv")
    command = ("check", "pairs.csv", *WITH_COLUMNS, "--labels", "by_id.csv", "--k", 2, "--proof", "p.json")
    assert "add --save GRAPH.npz" in refused(app, *command)
    code, out, _ = call(app, *command, "--save", "g.npz")
    assert code == 0
    assert re.search(r"to check it: python -I \S+/verify\.py g\.npz p\.json$", out, re.M)
    assert PairGraph.load(folder / "g.npz").class_names == ("cat", "dog")
    code, _, err = call(app, "check", "g.npz", "--labels", "by_id.csv", "--k", 2, "--proof", "p.json")
    assert (code, "add --save" in err) == (2, True)  # the labels are not those in the file
    assert call(app, "check", "g.npz", "--k", 2, "--proof", "p.json")[0] == 0
