import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from pairbounds import PairGraph
from pairbounds.theory.quantities.logistic import logistic_probe
from tests.families import ANY_RNG, family_graph

GRAPH = family_graph("dense_random", 0, 30)
FEATURES = np.random.default_rng(1).standard_normal((GRAPH.n_left, 4))


@given(rng=ANY_RNG, n_classes=st.integers(2, 4), penalty=st.sampled_from([0.01, 0.3]))
def test_the_minimum_of_its_objective(rng, n_classes, penalty):
    """The objective is convex: its gradient is 0 at the minimum only."""
    labels = np.concatenate([np.arange(n_classes), rng.integers(n_classes, size=16)])
    graph = PairGraph(rng.random((len(labels), 5)), labels)
    features = rng.standard_normal((len(labels), 3)) * [1, 100, 0.01]
    length, onehot = np.sqrt(graph.left_marginal @ features**2), np.eye(n_classes)[labels]
    result = logistic_probe(graph, features, penalty=penalty)
    probabilities = softmax(features @ result.coefficients, axis=1)
    slopes = (features / length).T @ (graph.left_marginal[:, None] * (probabilities - onehot))
    np.testing.assert_allclose(slopes + penalty * result.coefficients * length[:, None], 0, atol=1e-3)
    assert result.mse == pytest.approx(graph.left_marginal @ np.sum((probabilities - onehot) ** 2, axis=1))
    assert result.error == pytest.approx(graph.left_marginal @ (np.argmax(probabilities, axis=1) != labels))


def test_the_held_out_error_counts_unlabelled_nodes_and_unseen_classes():
    labels = GRAPH.left_labels
    labelled = (labels != 2) & (np.arange(GRAPH.n_left) < 20)
    result = logistic_probe(GRAPH, FEATURES, labelled=labelled)
    wrong = np.argmax(FEATURES @ result.coefficients[:, :2], axis=1) != labels
    assert result.held_out_error == pytest.approx(np.average(wrong[~labelled], weights=GRAPH.left_marginal[~labelled]))
    assert np.all(result.coefficients[:, 2] == 0)
    assert wrong[labels == 2].all()


@pytest.mark.parametrize("penalty", [0, -1, np.nan, np.inf])
def test_bad_penalties(penalty):
    with pytest.raises(ValueError, match="is not a positive number"):
        logistic_probe(GRAPH, FEATURES, penalty=penalty)
