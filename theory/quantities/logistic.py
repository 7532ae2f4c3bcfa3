"""Logistic linear probe, for comparison with the least-squares probe of the theory."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.probes import ProbeResult, as_features, judged, labelled_mask
from pairbounds.theory.quantities.scores import Standing, column_lengths, score_noise

ITERATIONS = 2_000  # limit of L-BFGS, which needs tens


def logistic_probe(
    graph: PairGraph, f: Any, *, labelled: ArrayLike | None = None, penalty: float = 1e-4
) -> ProbeResult:
    """Multinomial logistic probe without an intercept, weighted by the left marginal.

    It minimises `E[-log softmax(Bᵀ f(x))_{y(x)}] + penalty / 2 ‖B‖²` over the labelled nodes, with the columns of f
    scaled to mean square 1. The result's `mse` is the Brier score of its probabilities, `E ‖p(x) - onehot(y(x))‖²`.

    Parameters
    ----------
    f : (n_left, k), numpy or torch, unweighted features of the left nodes
    labelled : indices or boolean mask of left nodes, optional
        Nodes of the training set; by default all. The probe only predicts classes of these nodes.
    penalty : positive

    Raises
    ------
    ValueError : no left labels; features of the wrong shape or not finite; `labelled` empty or out of range; penalty
        not positive

    Notes
    -----
    L-BFGS of scikit-learn. Ties count as errors, as with `probe`.
    """
    if not 0 < penalty < np.inf:
        raise ValueError(f"penalty={penalty!r} is not a positive number")
    features = as_features(f, graph.n_left, "f")
    targets = class_indicators(required_labels(graph, "left")).toarray()
    classes = np.argmax(targets, axis=1)
    is_labelled = labelled_mask(labelled, graph.n_left)
    present = np.unique(classes[is_labelled])
    length = column_lengths(features, graph.left_marginal)
    weights = graph.left_marginal[is_labelled] / graph.left_marginal[is_labelled].sum()
    coefficients = np.zeros((features.shape[1], targets.shape[1]))
    scaled = _columns(features[is_labelled] / length, classes[is_labelled], weights, penalty)
    coefficients[:, present] = scaled / length[:, None]
    scores = features @ coefficients[:, present]
    standing = Standing.of(scores, score_noise(features, coefficients, graph.left_marginal))
    standing = replace(standing, leaders=present[standing.leaders])
    probabilities = np.zeros_like(targets)
    probabilities[:, present] = softmax(scores, axis=1)
    misses = np.sum((probabilities - targets) ** 2, axis=1)
    return judged(graph, standing, classes, misses, coefficients, is_labelled)


def _columns(features: FloatArray, classes: IntArray, weights: FloatArray, penalty: float) -> FloatArray:
    """Coefficients, (k, r), with a column for each class present."""
    if classes.min() == classes.max():
        return np.zeros((features.shape[1], 1))
    two = np.unique(classes).size == 2  # scikit-learn then returns one column w, which stands for -w/2 and w/2
    model = LogisticRegression(C=(2 if two else 1) / penalty, fit_intercept=False, max_iter=ITERATIONS)
    columns = model.fit(features, classes, sample_weight=weights).coef_.T
    return np.hstack([-columns, columns]) / 2 if two else columns
