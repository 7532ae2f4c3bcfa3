import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, probe, zero_shot_error
from tests.families import ANY_RNG, GRAPHS, embeddings, family_graph


@given(ANY_RNG, st.integers(2, 12), st.integers(1, 3), st.integers(1, 4))
def test_probe_from_its_formula(rng, n, k, classes):
    labels = rng.integers(classes, size=n)
    graph = PairGraph(rng.random((n, 5)) + 0.01, labels)
    features = rng.standard_normal((n, k))
    onehot = (labels[:, None] == np.unique(labels)).astype(float)
    weights = np.diag(graph.left_marginal)
    solution = np.linalg.pinv(features.T @ weights @ features) @ features.T @ weights @ onehot
    scores = features @ solution
    mse = graph.left_marginal @ np.sum((scores - onehot) ** 2, axis=1)
    rivals = np.where(onehot > 0, -np.inf, scores).max(axis=1)
    error = graph.left_marginal @ (rivals >= scores[onehot > 0] - 1e-9)
    result = probe(graph, features)
    assert result.mse == pytest.approx(mse, abs=1e-9)
    assert result.error == pytest.approx(error, abs=1e-12)
    np.testing.assert_allclose(features @ result.coefficients, scores, atol=1e-6)
    assert result.held_out_error is None
    np.testing.assert_array_equal(result.winners, np.argmax(scores, axis=1))


def test_ties_are_errors():
    graph = PairGraph(np.ones((2, 2)), [0, 1])
    result = probe(graph, np.ones((2, 1)))
    assert result.error == 1
    assert result.winners.tolist() == [-1, -1]
    assert result.mse == pytest.approx(0.5)


@given(ANY_RNG, st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_a_rotation_of_the_features_changes_nothing(rng, rank, k, hidden):
    """Nor where features are dependent, labels hidden, and scores tied or nearly so."""
    labels = rng.integers(3, size=12)
    graph = PairGraph(rng.random((12, 5)) + 0.01, labels)
    features = rng.integers(-1, 2, size=(12, rank)) @ rng.standard_normal((rank, k))
    features[::2] += 10.0 ** -rng.integers(2, 20) * rng.standard_normal((6, k))
    labelled = rng.choice(12, size=rng.integers(1, 12), replace=False) if hidden else None
    rotated = features @ np.linalg.qr(rng.standard_normal((k, k)))[0]
    first, second = (probe(graph, f, labelled=labelled) for f in (features, rotated))
    scores, other = features @ first.coefficients, rotated @ second.coefficients
    is_labelled = np.isin(np.arange(12), np.arange(12) if labelled is None else labelled)
    values = np.linalg.svd(features[is_labelled], compute_uv=False)
    if np.any((values < 1e-6 * values[0]) & (values > 1e-17 * values[0])):
        return  # round-off decides what the features span
    np.testing.assert_allclose(scores, other, atol=1e-7 * np.abs(scores).max())


@pytest.mark.parametrize("condition", [1, 1e3, 1e5, 1e7, 1e10])
def test_the_probe_of_nearly_dependent_features(condition):
    """On both sides of where the normal equations give way, against an orthogonal factorisation."""
    rng = np.random.default_rng(7)
    graph = PairGraph(rng.random((40, 5)), rng.integers(3, size=40))
    features = rng.standard_normal((40, 3))
    features[:, 2] = features[:, 1] + features[:, 2] / condition
    weighted = np.sqrt(graph.left_marginal)[:, None] * features
    targets = np.sqrt(graph.left_marginal)[:, None] * np.eye(3)[graph.left_labels]
    basis, _ = np.linalg.qr(weighted)
    expected = np.sum((targets - basis @ (basis.T @ targets)) ** 2)
    # Rounding the weighted features turns their span by this much.
    assert probe(graph, features).mse == pytest.approx(expected, rel=16 * np.finfo(np.float64).eps * condition)


@pytest.mark.parametrize("labelled", [[0, 3, 4, 7, 8, 9], np.isin(np.arange(12), [0, 3, 4, 7, 8, 9])])
def test_a_probe_on_some_labels_equals_the_probe_of_their_part(labelled):
    rng = np.random.default_rng(3)
    joint, labels, features = rng.random((12, 5)), rng.integers(2, size=12), rng.standard_normal((12, 2))
    graph = PairGraph(joint, labels)
    result = probe(graph, features, labelled=labelled)
    nodes = [0, 3, 4, 7, 8, 9]
    of_part = probe(PairGraph(joint[nodes], labels[nodes]), features[nodes])
    np.testing.assert_allclose(result.coefficients, of_part.coefficients, atol=1e-12)
    hidden = np.setdiff1d(np.arange(12), nodes)
    wrong = (features @ result.coefficients).argmax(axis=1)[hidden] != labels[hidden]
    assert result.held_out_error == pytest.approx(np.average(wrong, weights=graph.left_marginal[hidden]))


@pytest.mark.parametrize("labelled", [[], [12], [-1], [True, False], np.zeros(12, dtype=bool)])
def test_bad_choices_of_labelled_nodes(labelled):
    graph = PairGraph(np.ones((12, 2)), [0, 1] * 6)
    with pytest.raises(ValueError, match="labelled is"):
        probe(graph, np.ones((12, 1)), labelled=labelled)


@pytest.mark.parametrize("features", [np.ones(4), np.ones((3, 2)), np.ones((4, 0)), np.full((4, 1), np.nan)])
def test_bad_features(features):
    with pytest.raises(ValueError, match=r"f has shape|f is not finite in row 0"):
        probe(PairGraph(np.ones((4, 2)), [0, 1, 0, 1]), features)


@pytest.mark.parametrize("family", GRAPHS)
def test_zero_shot_from_its_formula(family):
    graph = family_graph(family)
    f, g = embeddings(graph, 3)
    classes = np.union1d(graph.left_labels, graph.right_labels)
    of_image, of_caption = (labels[:, None] == classes for labels in (graph.left_labels, graph.right_labels))
    scores = f @ (of_caption.T @ (graph.right_marginal[:, None] * g)).T
    naive = graph.left_marginal @ (np.where(of_image, -np.inf, scores).max(axis=1) >= scores[of_image])
    assert zero_shot_error(graph, f, g) == pytest.approx(naive, abs=1e-12)
    assert zero_shot_error(graph, torch.tensor(f), torch.tensor(g)) == zero_shot_error(graph, f, g)


@pytest.mark.parametrize("round_off", [0.0, 1e-17, 1e-16])
def test_a_feature_that_is_round_off_on_labelled_nodes_changes_nothing(round_off):
    """It must not be blown up into the largest feature of the nodes that are held out."""
    rng = np.random.default_rng(12)
    labels = np.arange(60) % 3
    graph, labelled = PairGraph(np.eye(60), labels), np.arange(30)
    good = np.eye(3)[labels] + 0.1 * rng.standard_normal((60, 3))
    hidden = np.where(np.arange(60) < 30, round_off, 1.0) * rng.standard_normal(60)
    without_feature = probe(graph, good, labelled=labelled)
    beside = probe(graph, np.column_stack([good, hidden]), labelled=labelled)
    assert beside.held_out_error == without_feature.held_out_error
    np.testing.assert_allclose(beside.coefficients[:3], without_feature.coefficients, atol=1e-9)
    np.testing.assert_allclose(beside.coefficients[3], 0, atol=1e-9)


def test_features_of_zeros_beside_tiny_ones_change_nothing():
    """Coefficients of features of zeros are free, and had the round-off of the others: a squared error above 1."""
    graph = PairGraph(np.ones((6, 6)) - np.diag(np.ones(6)) / 2, [1, 1, 2, 2, 1, 1])
    features = np.random.default_rng(0).standard_normal((6, 4))
    padded = np.column_stack([np.zeros(6), features * [1e-50, 1e-62, 1e-45, 1e17], np.zeros(6)])
    assert probe(graph, padded).mse == pytest.approx(probe(graph, features).mse, rel=1e-9)
