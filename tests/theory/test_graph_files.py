"""Graphs from files that other programs wrote."""

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph
from pairbounds.theory.graph.files import read_graph, read_labels

JOINT = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 1.0]])
EDGES = pd.DataFrame({"left": ["a", "a", "b", "b", "b"], "right": ["x", "y", "x", "y", "z"], "weight": [3, 1, 1, 2, 1]})


def test_pairs_with_labels(tmp_path):
    path = tmp_path / "pairs.csv"
    EDGES.assign(language="en", label=["dog", "dog", "cat", "cat", "cat"]).to_csv(path, index=False)
    found = read_graph(path)
    columns = "(left: left, right: right, weight: weight, left labels: label)"
    assert found.understood == f"read as a list of pairs {columns}; ignored: language"
    np.testing.assert_allclose(found.graph.joint.toarray(), JOINT / 8)
    assert found.graph.class_names == ("cat", "dog")
    assert found.graph.left_labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.csv", "dog\ncat\n"),
        ("labels.txt", "dog\ncat\n"),
        ("labels.tsv", "kind\ndog\ncat\n"),
        ("by_id.csv", "id,label\n1,cat\n0,dog\n9,bird\n"),
    ],
)
def test_labels_from_a_file(name, content, tmp_path):
    np.save(tmp_path / "matrix.npy", JOINT)
    if name == "labels.csv":
        content = "label\n" + content
    (tmp_path / name).write_text(content)
    graph = read_graph(tmp_path / "matrix.npy", tmp_path / name).graph
    assert [graph.class_names[label] for label in graph.left_labels] == ["dog", "cat"]


def test_labels_by_id_of_pairs_may_be_of_some(tmp_path):
    EDGES.to_csv(tmp_path / "pairs.csv", index=False)
    (tmp_path / "labels.csv").write_text("image,class\nb,cat\nq,bird\n")
    assert read_graph(tmp_path / "pairs.csv", tmp_path / "labels.csv").graph.left_labels.tolist() == [-1, 0]


BAD = {
    "damaged zip": ("graph.npz", "no zip", r"graph\.npz cannot be read as \.npz"),
    "neither": ("graph.csv", "a,b\nx,y\n", "has the columns a, b: for pairs, name the two .*--columns LEFT,RIGHT"),
    "negative": ("graph.csv", "1,-1\n0,1\n", r"negative weights.*from_features"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_graph_is_one_line(case, tmp_path):
    name, content, message = BAD[case]
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=message) as error:
        read_graph(tmp_path / name)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "stored", "message"),
    [
        ("format", "another", "it is of another program"),
        ("indices", [0, 9, 0, 1, 2], "indices must be < 3"),
        ("shape", [10**15, 3], "index pointer size"),
        ("left_labels", [0], "left_labels has shape"),
        ("left_ids", np.array([{}, 1], dtype=object), "cannot be loaded"),
    ],
)
def test_a_saved_graph_that_is_not_whole_is_refused(name, stored, message, tmp_path):
    PairGraph(JOINT, ["dog", "cat"]).save(tmp_path / "own.npz")
    with np.load(tmp_path / "own.npz") as arrays:
        np.savez(tmp_path / "own.npz", **{**arrays, name: stored})
    with pytest.raises(ValueError, match=message):
        PairGraph.load(tmp_path / "own.npz")
    (tmp_path / "own.npz").write_bytes((tmp_path / "own.npz").read_bytes()[:300])
    with pytest.raises(ValueError, match="is not a whole pair graph"):
        PairGraph.load(tmp_path / "own.npz")


def test_arrays_of_another_program(tmp_path):
    np.savez(tmp_path / "clip.npz", images=JOINT, texts=JOINT)
    with pytest.raises(ValueError, match="it holds the arrays images, texts; save the matrix alone"):
        read_graph(tmp_path / "clip.npz")


def test_nothing_is_unpickled(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"objects\.npy cannot be read"):
        read_graph(tmp_path / "objects.npy")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.csv", "a,b,c\n1,2,3\n", "has 3 columns, and none is called label"),
        ("labels.csv", "id,label\n7,a\n", "a class for none of the 2 left nodes"),
        ("labels.json", '["a"]', r"is none of \.npy, \.txt"),
    ],
)
def test_labels_that_do_not_fit(name, content, message, tmp_path):
    np.save(tmp_path / "matrix.npy", JOINT)
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        read_graph(tmp_path / "matrix.npy", tmp_path / name)


def test_labels_without_ids_do_not_fit_pairs(tmp_path):
    EDGES.to_csv(tmp_path / "pairs.csv", index=False)
    np.save(tmp_path / "labels.npy", np.array([0, 1]))
    with pytest.raises(ValueError, match="a list of pairs has no order"):
        read_graph(tmp_path / "pairs.csv", tmp_path / "labels.npy")
    assert read_labels(tmp_path / "labels.npy").tolist() == [0, 1]
