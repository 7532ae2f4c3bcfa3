import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from pairbounds import PairGraph
from pairbounds.theory.quantities.logistic import logistic_probe
from tests.families import family_graph

GRAPH = family_graph("dense_random", 0, 30)
FEATURES = np.random.default_rng(1).standard_normal((GRAPH.n_left, 4))


def objective(coefficients, features, classes, weights, penalty):
    columns = coefficients.reshape(features.shape[1], -1)
    return -weights @ log_softmax(features @ columns, axis=1)[np.arange(len(classes)), classes] + penalty / 2 * np.sum(
        columns**2
    )


@given(seed=st.integers(0, 50), n_classes=st.integers(2, 4), penalty=st.sampled_from([0.01, 0.3]))
def test_the_minimum_of_its_objective(seed, n_classes, penalty):
    """Against a general optimiser on the objective as the docstring has it."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(n_classes), rng.integers(n_classes, size=16)])
    graph = PairGraph(rng.random((len(labels), 5)), labels)
    features = rng.standard_normal((len(labels), 3)) * [1, 100, 0.01]
    length = np.sqrt(graph.left_marginal @ features**2)
    arguments = features / length, labels, graph.left_marginal, penalty
    best = scipy.optimize.minimize(objective, np.zeros(3 * n_classes), args=arguments, tol=1e-12)
    found = logistic_probe(graph, features, penalty=penalty)
    assert objective(found.coefficients * length[:, None], *arguments) == pytest.approx(best.fun, rel=1e-4)
    probabilities = softmax(features @ found.coefficients, axis=1)
    brier = graph.left_marginal @ np.sum((probabilities - np.eye(n_classes)[labels]) ** 2, axis=1)
    assert found.mse == pytest.approx(brier)
    wrong = np.argmax(probabilities, axis=1) != labels
    assert found.error == pytest.approx(graph.left_marginal @ wrong)


def test_what_is_held_out_and_what_is_not_seen():
    labels = GRAPH.left_labels
    labelled = np.flatnonzero(labels != 2)[:10]
    found = logistic_probe(GRAPH, FEATURES, labelled=labelled)
    rest = np.setdiff1d(np.arange(GRAPH.n_left), labelled)
    winners = np.argmax(FEATURES @ found.coefficients[:, :2], axis=1)
    expected = np.average(winners[rest] != labels[rest], weights=GRAPH.left_marginal[rest])
    assert found.held_out_error == pytest.approx(expected)
    assert np.all(found.coefficients[:, 2] == 0)
    assert found.held_out_error >= np.average(labels[rest] == 2, weights=GRAPH.left_marginal[rest])


@pytest.mark.parametrize("penalty", [0, -1, np.nan, np.inf])
def test_bad_penalties(penalty):
    with pytest.raises(ValueError, match="is not a positive number"):
        logistic_probe(GRAPH, FEATURES, penalty=penalty)
