"""Labels of any kind: names, categoricals, integers, and nodes without one."""

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds import HypothesisError, PairGraph, check_bounds, induced_labelling_error

JOINT = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 3.0]])
NAMES = ["dog", "cat", "dog"]
TEXT = pd.Series(NAMES, index=[7, 8, 9], dtype="string")


@pytest.mark.parametrize("labels", [NAMES, np.array(NAMES), TEXT, pd.Categorical(NAMES)])
def test_names_are_numbered_in_sorted_order(labels):
    graph = PairGraph(JOINT, labels)
    assert (graph.left_labels.tolist(), graph.class_names) == ([1, 0, 1], ("cat", "dog"))
    assert repr(graph).endswith("2 classes: 'cat', 'dog')")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (pd.Categorical([1, 0, 1]), [1, 0, 1]),
        (torch.tensor([1, 0, 1]), [1, 0, 1]),
        (np.array([1.0, 0.0, 1.0], np.float32), [1, 0, 1]),
        (np.array([True, False, True]), [1, 0, 1]),
        (np.array([1, 0, 1], dtype=object), [1, 0, 1]),
        ([1, -1, 0], [1, -1, 0]),
        ([1.0, np.nan, 0.0], [1, -1, 0]),
        (pd.Series([1, None, 0], dtype="Int64"), [1, -1, 0]),
        (["dog", np.nan, "cat"], [1, -1, 0]),
        (TEXT.where(TEXT == "dog"), [0, -1, 0]),
    ],
)
def test_integer_labels_are_unchanged_and_missing_ones_are_unlabelled_nodes(labels, expected):
    graph = PairGraph(JOINT, labels)
    assert graph.left_labels.tolist() == expected
    assert ("and 1 unlabelled" in repr(graph)) == (-1 in expected)


def test_class_names_are_short_and_visible_where_a_graph_is_printed():
    printed = repr(PairGraph(np.eye(6), ["a" * 30, "\u202eevil", *(f"class {i}" for i in range(4))]))
    assert "6 classes: 'aaaaaaaaa...aaaaaaaaaa', " in printed
    assert "\u202e" not in printed


def test_rows_that_need_labels_count_missing_ones_and_other_rows_are_computed():
    graph = PairGraph(JOINT, ["dog", None, "cat"])
    with pytest.raises(HypothesisError, match=r"1 of 3 left nodes have no label: graph\.labelled\(\)"):
        induced_labelling_error(graph)
    table = check_bounds(graph, 1).set_index("bound")
    assert "1 of 3 left nodes have no label" in table.loc["probe-mse", "note"]
    assert table["holds"].dropna().all()
    part = graph.labelled()
    assert (part.joint.shape, part.class_names) == ((2, 3), ("cat", "dog"))
    assert check_bounds(part, 1)["holds"].all()


def test_names_and_missing_labels_survive_a_file_and_networkx(tmp_path):
    graph = PairGraph(JOINT, ["dog", None, "cat"], ["cat", "dog", "bird"], left_ids=["x", "z", "y"])
    graph.save(tmp_path / "graph.npz")
    for result in (PairGraph.load(tmp_path / "graph.npz"), PairGraph.from_networkx(graph.to_networkx())):
        np.testing.assert_allclose(result.joint.toarray(), graph.joint.toarray(), rtol=1e-14)
        assert (result.left_ids.tolist(), result.right_ids.tolist()) == (["x", "z", "y"], [0, 1, 2])
        assert result.class_names == ("bird", "cat", "dog")
        assert result.left_labels.tolist() == [2, -1, 1]
        assert result.right_labels.tolist() == [1, 2, 0]


MISSING = "labels are missing for every node: leave them out"
NOT_INTEGERS = r"not integers 0\.\.r-1"


@pytest.mark.parametrize(
    ("left", "right", "class_names", "message"),
    [
        ([[0, 1, 2]], None, None, r"left_labels has shape \(1, 3\)"),
        ([0, -2, 1], None, None, NOT_INTEGERS),
        (np.array([0, 1, -(2**70)], object), None, None, NOT_INTEGERS),
        (np.array([0, 1, 2**63 + 5], np.uint64), None, None, r"first 9223372036854775813 at node 2: .* 0\.\.2\^63 - 1"),
        ([0, 1, float(2**53)], None, None, r"0\.\.2\^53 - 1"),  # the float of 2^53 + 1, too
        ([0, 1, 1j], None, None, "labels have types that cannot be sorted"),
        ([1, "1", 0], None, None, "labels of two types have the same text"),
        (NAMES, [0, 1, 0], None, "left_labels are names and right_labels are integers"),
        ([1, 0, 1], None, ["cat"], "labels go to 1 and class_names has 1 names"),
        (NAMES, None, ["cat", "dog"], "leave class_names out"),
        ([np.nan] * 3, None, None, f"left_{MISSING}"),
        ([-1] * 3, [0, 1, 0], None, f"left_{MISSING}"),
        (None, torch.tensor([0, 1, 0]).bfloat16(), None, "right_labels are bfloat16, which skips integers from 257 on"),
    ],
)
def test_bad_labels_raise(left, right, class_names, message):
    with pytest.raises(ValueError, match=message):
        PairGraph(JOINT, left, right, class_names=class_names)


def test_labels_of_nodes_without_pairs_do_not_count():
    with pytest.raises(ValueError, match="right_labels are missing for every node that has a pair: leave them out"):
        PairGraph([[0, 1, 2], [0, 1, 1]], None, [0, -1, -1], drop_isolated=True)
