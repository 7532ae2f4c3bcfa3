"""Scores that choose an embedding by few labels, against their formulas."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from pairbounds import FewLabels, LatentWorld, optimal_embeddings, probe
from pairbounds.theory.questions.label_choice import h_score, label_trials, log_evidence, optima
from pairbounds.theory.questions.labels_needed import RIDGES


def random_classes(seed, n=30, k=4):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    return rng.standard_normal((n, k)) + np.eye(3, k)[labels], labels


@pytest.mark.parametrize("k", [4, 40])
def test_the_evidence_is_the_largest_likelihood_of_a_gaussian_model(k):
    features, labels = random_classes(0, k=k)
    largest = []
    for c in range(3):
        targets = (labels == c).astype(float)
        grid = [(np.exp(a), np.exp(b)) for a in np.linspace(-2, 8, 41) for b in np.linspace(-1, 6, 29)]
        covariances = (np.eye(len(labels)) / beta + features @ features.T / alpha for alpha, beta in grid)
        largest.append(max(multivariate_normal.logpdf(targets, cov=covariance) for covariance in covariances))
    assert log_evidence(features, labels) == pytest.approx(np.mean(largest) / len(labels), abs=0.01)


def test_the_h_score_is_the_variance_that_a_regression_on_classes_explains():
    features, labels = random_classes(1)
    centred = features - features.mean(axis=0)
    means = np.array([centred[labels == label].mean(axis=0) for label in labels])
    assert h_score(features, labels) == pytest.approx(np.trace(np.linalg.solve(centred.T @ centred, means.T @ means)))
    assert h_score(3 * features @ np.diag([1, 2, 3, 4]), labels) == pytest.approx(h_score(features, labels))


def test_a_trial_by_hand():
    graph = LatentWorld(seed=0).caption_graph(0.3, 0.3)
    (row,) = label_trials(optima({"captions": graph}, (4,)), (60,), 1, 50, seed=3).to_dict("records")
    f = optimal_embeddings(graph, 4)[0]
    nodes = np.random.default_rng([3, 60, 0]).choice(graph.n_left, 60, p=graph.left_marginal)
    features, labels = FewLabels.of(graph, f).features, graph.left_labels
    targets = np.eye(5)[labels[nodes]]
    ends = []
    for ridge in np.array(RIDGES) * 60:
        fits = [fit(np.delete(features[nodes], i, 0), np.delete(targets, i, 0), ridge) for i in range(60)]
        scores = np.array([features[node] @ weights_of_fit for node, weights_of_fit in zip(nodes, fits, strict=True)])
        wrong = float(np.mean(np.argmax(scores, axis=1) != labels[nodes]))
        ends.append((wrong + 1e-6 * float(np.mean((scores - targets) ** 2)), ridge))
    assert row["loo"] == pytest.approx(min(ends)[0])
    held_out = np.setdiff1d(np.arange(graph.n_left), nodes)
    predicted = np.argmax(features[held_out] @ fit(features[nodes], targets, min(ends)[1]), axis=1)
    assert row["ridge"] == pytest.approx(np.mean(predicted != labels[held_out]))
    assert row["error"] == probe(graph, f).error
    assert row["guaranteed"] >= row["class_means"]


def test_a_linear_map_of_the_embedding_changes_no_score_of_whitened_features():
    graph = LatentWorld(seed=0).caption_graph(0.3, 0.3)
    f = np.random.default_rng(0).standard_normal((graph.n_left, 5))
    maps = {"as it is": np.eye(5), "mapped": np.diag([1, 3, 0.1, 2, 5]) + np.triu(np.ones((5, 5)), 1)}
    table = label_trials([(name, graph, f @ projection) for name, projection in maps.items()], (60,), 3, 50, seed=1)
    first, second = (rows.reset_index(drop=True) for _, rows in table.groupby("pairs", sort=False))
    for column in ("k", "error", "mse", "guaranteed", "class_means", "ridge", "loo", "unbiased", "covered", "h_score"):
        np.testing.assert_allclose(first[column], second[column], rtol=1e-6, err_msg=column)


def fit(features, targets, ridge):
    return np.linalg.solve(features.T @ features + ridge * np.eye(features.shape[1]), features.T @ targets)
