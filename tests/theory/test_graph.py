import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pairbounds import PairGraph, check_bounds
from pairbounds.theory.graph.pair_graph import INDUCED_LIMIT
from tests.families import GRAPHS, family_graph

WEIGHTS = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
).filter(lambda weights: weights.any())


@given(WEIGHTS, st.sampled_from([np.asarray, sp.csr_array, sp.csc_matrix, sp.coo_array, sp.dok_array]))
def test_joint_is_the_weights_over_their_sum(weights, kind):
    graph = PairGraph(kind(weights), drop_isolated=True)
    expected = weights[weights.any(axis=1)][:, weights.any(axis=0)]
    left, right = expected.sum(axis=1), expected.sum(axis=0)
    np.testing.assert_allclose(graph.joint.toarray(), expected / expected.sum(), rtol=1e-12)
    np.testing.assert_allclose(graph.left_marginal, left / expected.sum(), rtol=1e-12)
    np.testing.assert_allclose(graph.right_marginal, right / expected.sum(), rtol=1e-12)
    np.testing.assert_allclose(graph.normalized.toarray(), expected / np.sqrt(np.outer(left, right)), rtol=1e-12)


def test_input_arrays_are_unchanged_and_arrays_of_a_graph_are_read_only():
    weights = sp.csr_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    labels = np.array([0, 1])
    graph = PairGraph(weights, labels)
    np.testing.assert_array_equal(weights.toarray(), [[1, 2], [3, 4]])
    labels[0] = 1
    assert graph.left_labels.tolist() == [0, 1]
    for array in (graph.joint.data, graph.normalized.data, graph.left_labels, graph.left_ids, graph.left_marginal):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


@pytest.mark.parametrize("scale", [1e-300, 1e308])
def test_extreme_weights_are_normalised_without_overflow(scale):
    np.testing.assert_allclose(PairGraph(scale * np.ones((2, 3))).joint.toarray(), np.full((2, 3), 1 / 6))


# Bad input: one line that names the thing and the remedy.


@pytest.mark.parametrize(
    ("joint", "message"),
    [
        (np.zeros((3, 2)), "empty or all zero"),
        (np.ones(3), "dimensions: give a matrix"),
        (np.ones((2, 2), complex), "give real numbers"),
        (sp.csr_array([[1, 1], [-1, np.nan]]), "joint has 1 NaN weights, the first at row 1, column 1"),
        ([[1, 1], [1, np.inf]], "joint has 1 infinite weights, the first at row 1, column 1"),
        (sp.csr_array([[1, 1], [-1, -1]]), "joint has 2 negative weights, the first at row 1, column 0"),
    ],
)
def test_a_bad_matrix_of_weights_raises(joint, message):
    with pytest.raises((ValueError, TypeError), match=message):
        PairGraph(joint, drop_isolated=True)


def test_isolated_nodes_are_counted_and_can_be_dropped_with_their_labels_and_ids():
    weights = np.array([[0, 0, 0], [1, 0, 1], [0, 0, 1]])
    with pytest.raises(
        ValueError, match="1 left and 1 right nodes have no pairs: leave them out, as drop_isolated=True"
    ):
        PairGraph(weights)
    graph = PairGraph(weights, [5, 6, 7], [1, 2, 3], left_ids=[*"abc"], right_ids=[*"xyz"], drop_isolated=True)
    assert graph.left_labels.tolist() == [6, 7]
    assert graph.right_labels.tolist() == [1, 3]
    assert graph.left_ids.tolist() == ["b", "c"]
    assert graph.right_ids.tolist() == ["x", "z"]
    np.testing.assert_allclose(graph.joint.toarray(), np.array([[1, 1], [0, 1]]) / 3)


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, object])
def test_the_largest_integer_labels_are_kept(dtype, tmp_path):
    large, joint = np.array([2**63 - 1, 3, 2**63 - 1], dtype), np.random.default_rng(0).random((3, 3))
    graph, small = PairGraph(joint, large, large), PairGraph(joint, [1, 0, 1], [1, 0, 1])
    pd.testing.assert_frame_equal(check_bounds(graph, 2), check_bounds(small, 2))
    graph.save(tmp_path / "graph.npz")
    assert PairGraph.load(tmp_path / "graph.npz").left_labels.tolist() == large.tolist()


def test_duplicate_ids_raise_and_the_largest_integers_are_ids():
    for ids, message in ((["a", "a"], "left_ids contains duplicates"), (["a"], "left_ids has 1 entries for 2 left")):
        with pytest.raises(ValueError, match=message):
            PairGraph(np.ones((2, 2)), left_ids=ids)
    largest = np.array([2**64 - 1, 0], dtype=np.uint64)
    assert PairGraph.from_pairs(largest, largest).left_ids.tolist() == [0, 2**64 - 1]


def test_bfloat16_weights_are_converted_exactly():
    """numpy has no such type."""
    weights = torch.tensor([[0.1, 3.0], [2.0, 0.7]]).bfloat16()
    expected = PairGraph(weights.double().numpy()).joint.toarray()
    for given_weights in (weights, weights.to_sparse(), weights.float().requires_grad_()):
        np.testing.assert_array_equal(PairGraph(given_weights).joint.toarray(), expected)


# Edge lists.


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("uvwxyz"), st.integers(1, 9)), min_size=1, max_size=30))
def test_from_pairs_against_a_pivot_table(pairs):
    graph = PairGraph.from_pairs(*zip(*pairs, strict=True))
    expected = pd.DataFrame(pairs).pivot_table(2, 0, 1, "sum", fill_value=0)
    result = pd.DataFrame(graph.joint.toarray(), graph.left_ids, graph.right_ids)
    pd.testing.assert_frame_equal(result, expected / expected.to_numpy().sum(), check_names=False, check_dtype=False)
    bytes_of = np.array([200, 100, 100], dtype=np.uint8)  # whose sum is more than a byte
    np.testing.assert_allclose(PairGraph.from_pairs([0, 0, 1], [0, 0, 0], bytes_of).left_marginal, [0.75, 0.25])


def test_from_pairs_takes_ids_of_any_type():
    left, right = [("a", 1), 2, "c", ("a", 1)], [frozenset({1}), None.__class__, 3.5, 3.5]
    graph = PairGraph.from_pairs(left, right)
    assert graph.left_ids.tolist() == [("a", 1), 2, "c"]
    assert graph.right_ids.tolist() == [frozenset({1}), None.__class__, 3.5]
    assert graph.joint.toarray()[0].tolist() == [0.25, 0, 0.25]


@pytest.mark.parametrize("labels", [{"b": 1, "a": 0}, pd.Series({"b": 1, "a": 0}), [1, 0, 1], np.array([1, 0, 1])])
def test_labels_are_matched_by_id(labels):
    graph = PairGraph.from_pairs(["b", "a", "b"], ["x", "y", "y"], left_labels=labels)
    assert dict(zip(graph.left_ids, graph.left_labels, strict=True)) == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a", "b", "a"], [1, 1, 1], None, [0, 1, 2]), "gives 'a' two classes, the second at pair 2"),
        ((["a", "b", "a"], [1, 1, 1], None, [0, 1]), "give one class for each pair"),
        (([1, None, 2], [1, 2, 3]), "left has 1 missing ids, the first at pair 1"),
        (([1, 2], [1, 2], [1]), "weight has shape"),
        ((["a", "a"], ["x", "x"], [-1, 2]), "1 negative weights"),  # which the sum of the two would hide
        (([1, 2], [1, 2], None, {1: 0}), "left_labels has no class for 1 ids, the first 2"),
    ],
)
def test_bad_edge_lists(arguments, message):
    with pytest.raises(ValueError, match=message):
        PairGraph.from_pairs(*arguments)


# networkx.


def test_bipartite_graphs_of_networkx_good_and_bad():
    g = nx.Graph()
    g.add_nodes_from([1, 2], bipartite=0)
    g.add_nodes_from([3, 4], bipartite=1, label=1)
    g.add_weighted_edges_from([(1, 3, 2), (4, 2, 1)])
    g.add_edge(2, 3)  # weight 1
    graph = PairGraph.from_networkx(g)
    np.testing.assert_allclose(graph.joint.toarray(), [[0.5, 0], [0.25, 0.25]])
    assert (graph.left_labels, graph.right_labels.tolist()) == (None, [1, 1])
    for spoil, message in (
        (lambda g: g.add_node(9), "node 9 has bipartite=None"),
        (lambda g: g.add_edge(1, 2), "edge 1 - 2 joins two nodes of one side"),
        (lambda g: g.remove_nodes_from([3, 4]), "no node on one side"),
        (lambda g: g.to_directed(), "the graph is directed"),
    ):
        spoilt = g.copy()
        with pytest.raises(ValueError, match=message):
            PairGraph.from_networkx(spoil(spoilt) or spoilt)


@pytest.mark.parametrize("family", GRAPHS)
def test_components_are_those_of_networkx(family):
    graph = family_graph(family, 0, 12)
    rows, columns = graph.joint.tocoo().coords
    pairs = nx.Graph([(("left", x), ("right", y)) for x, y in zip(rows, columns, strict=True)])
    left, right = graph.components
    result = {frozenset(np.flatnonzero(left == number).tolist()) for number in range(graph.n_components)}
    assert result == {frozenset(x for side, x in part if side == "left") for part in nx.connected_components(pairs)}
    np.testing.assert_array_equal(left[rows], right[columns])


# The induced graph.


@pytest.mark.parametrize("family", GRAPHS)
def test_induced_graph_from_its_formula(family):
    graph = family_graph(family, 1, 12)
    joint, induced = graph.joint.toarray(), graph.induced()
    expected = np.einsum("xl,yl,l->xy", joint, joint, 1 / joint.sum(axis=0))
    np.testing.assert_allclose(induced.joint.toarray(), expected, atol=1e-15)
    np.testing.assert_allclose(induced.left_marginal, graph.left_marginal, atol=1e-15)
    np.testing.assert_array_equal(induced.right_labels, graph.left_labels)


def test_the_induced_graph_of_a_large_graph_raises():
    with pytest.raises(ValueError, match=f"at most {INDUCED_LIMIT} left nodes"):
        PairGraph(sp.eye_array(INDUCED_LIMIT + 1)).induced()


def test_a_part_is_the_graph_on_some_of_its_nodes():
    joint = np.array([[1.0, 2, 0], [0, 3, 0], [4, 0, 5]])
    graph = PairGraph(joint, ["a", "b", None], left_ids=["x", "y", "z"])
    part = graph.part([2, 0])
    np.testing.assert_allclose(part.joint.toarray() * 12, joint[[2, 0]])
    assert (part.left_ids.tolist(), part.left_labels.tolist()) == (["z", "x"], [-1, 0])
    assert part.class_names == ("a", "b")
    masked = graph.part(np.array([False, True, True]), right=[1])
    assert (masked.left_ids.tolist(), masked.right_ids.tolist()) == (["y"], [1])  # z has lost its pairs
    assert graph.labelled().left_ids.tolist() == ["x", "y"]
    for bad, error in (([0, 3], IndexError), ([True], IndexError), ([1, 1], ValueError)):
        with pytest.raises(error):
            graph.part(bad)
