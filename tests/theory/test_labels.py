"""Labels of any kind: names, categoricals, integers, and nodes without one."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds import HypothesisError, PairGraph, check_bounds, induced_labelling_error

JOINT = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 3.0]])
NAMES = ["dog", "cat", "dog"]


@pytest.mark.parametrize(
    "labels",
    [
        NAMES,
        np.array(NAMES),
        pd.Series(NAMES, index=[7, 8, 9]),
        pd.Series(NAMES, dtype="string"),
        pd.Categorical(NAMES, categories=["dog", "bird", "cat"]),
    ],
)
def test_names_are_numbered_in_sorted_order(labels):
    graph = PairGraph(JOINT, labels)
    assert graph.left_labels.tolist() == [1, 0, 1]
    assert graph.class_names == ("cat", "dog")
    assert repr(graph).endswith("2 classes: 'cat', 'dog')")
    assert induced_labelling_error(graph) == induced_labelling_error(PairGraph(JOINT, [1, 0, 1]))


@pytest.mark.parametrize(
    "labels",
    [
        [1, 0, 1],
        pd.Series([1, 0, 1], dtype="Int64"),
        pd.Categorical([1, 0, 1]),
        torch.tensor([1, 0, 1]),
        np.array([1.0, 0.0, 1.0], np.float32),
        np.array([True, False, True]),
        np.array([1, 0, 1], dtype=object),
    ],
)
def test_integers_stay_as_they_are(labels):
    graph = PairGraph(JOINT, labels)
    assert graph.left_labels.tolist() == [1, 0, 1]
    assert graph.class_names is None


def test_both_sides_share_one_numbering():
    graph = PairGraph(JOINT, ["b", "a", "b"], ["c", "b", "a"])
    assert graph.class_names == ("a", "b", "c")
    assert graph.left_labels.tolist() == [1, 0, 1]
    assert graph.right_labels.tolist() == [2, 1, 0]
    with pytest.raises(ValueError, match="left_labels are names and right_labels are integers"):
        PairGraph(JOINT, NAMES, [0, 1, 0])


def test_names_of_integers_may_be_given():
    graph = PairGraph(JOINT, [1, 0, 1], class_names=["cat", "dog"])
    assert graph.class_names == ("cat", "dog")
    assert graph.induced().class_names == ("cat", "dog")
    with pytest.raises(ValueError, match="labels go to 1 and class_names has 1 names"):
        PairGraph(JOINT, [1, 0, 1], class_names=["cat"])
    with pytest.raises(ValueError, match="have names of their own"):
        PairGraph(JOINT, NAMES, class_names=["cat", "dog"])


@pytest.mark.parametrize(
    "labels",
    [["dog", None, "cat"], ["dog", np.nan, "cat"], pd.Series(["dog", pd.NA, "cat"], dtype="string")],
)
def test_a_missing_name_is_a_node_without_a_label(labels):
    graph = PairGraph(JOINT, labels)
    assert graph.left_labels.tolist() == [1, -1, 0]
    assert repr(graph).endswith("2 classes and 1 unlabelled: 'cat', 'dog')")


@pytest.mark.parametrize(
    "labels", [[1, -1, 0], [1, None, 0], [1.0, np.nan, 0.0], pd.Series([1, None, 0], dtype="Int64")]
)
def test_a_missing_integer_too(labels):
    assert PairGraph(JOINT, labels).left_labels.tolist() == [1, -1, 0]


def test_what_needs_labels_says_how_many_are_missing_and_the_rest_is_computed():
    graph = PairGraph(JOINT, ["dog", None, "cat"])
    with pytest.raises(HypothesisError, match=r"1 of 3 left nodes have no label: graph\.labelled\(\)"):
        induced_labelling_error(graph)
    table = check_bounds(graph, 1).set_index("bound")
    assert "1 of 3 left nodes have no label" in table.loc["probe-mse", "note"]
    assert table.loc["optimum", "holds"]
    assert table["holds"].dropna().all()


def test_the_labelled_part():
    part = PairGraph(JOINT, ["dog", None, "cat"], left_ids=["x", "y", "z"]).labelled()
    assert part.left_ids.tolist() == ["x", "z"]
    np.testing.assert_allclose(part.joint.toarray(), np.array([[3, 1, 0], [0, 1, 3]]) / 8)
    assert part.class_names == ("cat", "dog")
    assert check_bounds(part, 1)["holds"].all()
    apart = PairGraph(np.eye(3), ["dog", None, "cat"]).labelled()
    assert apart.joint.shape == (2, 2)


def test_names_and_missing_labels_survive_a_file_and_networkx(tmp_path):
    graph = PairGraph(JOINT, ["dog", None, "cat"], ["cat", "dog", "bird"])
    graph.save(tmp_path / "graph.npz")
    for found in (PairGraph.load(tmp_path / "graph.npz"), PairGraph.from_networkx(graph.to_networkx())):
        assert found.class_names == ("bird", "cat", "dog")
        assert found.left_labels.tolist() == [2, -1, 1]
        assert found.right_labels.tolist() == [1, 2, 0]


def test_an_edge_list_with_names():
    pairs = pd.DataFrame({"url": ["u", "u", "v"], "TEXT": ["a", "b", "b"], "kind": ["dog", "dog", None]})
    graph = PairGraph.from_pairs(pairs["url"], pairs["TEXT"], left_labels=pairs["kind"])
    assert graph.class_names == ("dog",)
    assert graph.left_labels.tolist() == [0, -1]
    graph = PairGraph.from_pairs(pairs["url"], pairs["TEXT"], left_labels={"u": "dog", "v": "cat"})
    assert graph.class_names == ("cat", "dog")


def test_networkx_labels_of_some_nodes():
    g = nx.Graph()
    g.add_node("x", bipartite=0, label="dog")
    g.add_node("y", bipartite=0)
    g.add_node("t", bipartite=1)
    g.add_edges_from([("x", "t"), ("y", "t")])
    assert PairGraph.from_networkx(g).left_labels.tolist() == [0, -1]


@pytest.mark.parametrize("missing", [None, np.nan, -1])
@pytest.mark.parametrize("other", [["a", "b"], [0, 1], None])
def test_a_side_on_which_every_label_is_missing_is_refused_whatever_the_other_has(missing, other):
    with pytest.raises(ValueError, match="left_labels are missing for every node: leave them out"):
        PairGraph(np.ones((2, 2)), [missing, missing], other)
    with pytest.raises(ValueError, match="right_labels are missing for every node: leave them out"):
        PairGraph(np.ones((2, 2)), other, [missing, missing])


@pytest.mark.parametrize(("present", "none"), [(0, -1), ("a", None)])
def test_labels_of_isolated_nodes_alone_are_refused(present, none):
    with pytest.raises(ValueError, match="left_labels are missing for every node that has a pair: leave them out"):
        PairGraph([[0, 0], [1, 1], [2, 1]], [present, none, none], drop_isolated=True)
    with pytest.raises(ValueError, match="right_labels are missing for every node that has a pair: leave them out"):
        PairGraph([[0, 1, 2], [0, 1, 1]], None, [present, none, none], drop_isolated=True)


def test_labels_in_bfloat16_are_refused():
    labels = torch.tensor([0, 1], dtype=torch.bfloat16)
    with pytest.raises(ValueError, match="right_labels are bfloat16, which skips integers from 257 on: give integers"):
        PairGraph(np.ones((2, 2)), None, labels)
    with pytest.raises(ValueError, match="left_labels are bfloat16, which skips integers from 257 on: give integers"):
        PairGraph.from_pairs([0, 1], [0, 1], None, labels)
