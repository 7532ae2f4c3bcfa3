"""Theorem 21 against ridge regression by its normal equations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error
from pairbounds.theory.bounds import theorem21_ridge_probe as module
from pairbounds.theory.bounds.theorem21_ridge_probe import ridge_mse_interval
from pairbounds.theory.quantities.multihop_consistency import gauss_rule, label_measure, radau_rule
from tests.families import ANY_RNG, GRAPHS, family_graph, one_hot

ORDER = (1, 2, 4, 8)
RIDGES = st.floats(-5, 2).map(lambda power: 10**power)


def naive_ridge(graph, ratio, ridge):
    """0-1 and squared error of the ridge probe on `(√p_R(l) ŵ(x, l))_l`."""
    features = np.sqrt(graph.right_marginal) * ratio
    mass, onehot = graph.left_marginal, one_hot(graph)
    gram = features.T @ (mass[:, None] * features) + ridge * np.eye(features.shape[1])
    scores = features @ np.linalg.solve(gram, features.T @ (mass[:, None] * onehot))
    error = mass @ (scores[onehot] <= np.where(onehot, -np.inf, scores).max(axis=1) + 1e-9)
    return error, float(mass @ np.sum((scores - onehot) ** 2, axis=1))


def true_ratio(graph):
    return graph.joint.toarray() / graph.left_marginal[:, None] / graph.right_marginal


@given(st.sampled_from(list(GRAPHS)), ANY_RNG, RIDGES)
def test_the_squared_error_is_between_both_rules_which_converge(family, rng, ridge):
    """The interval of one hop is itself within the closed form by `α_T`."""
    graph = GRAPHS[family](rng, int(rng.integers(6, 24)))
    error, mse = naive_ridge(graph, true_ratio(graph), ridge)
    alpha = induced_labelling_error(graph)
    outer = (ridge / (1 - alpha + ridge)) ** 2, alpha + (1 - alpha) * (ridge / (1 + ridge)) ** 2
    for order in ORDER:
        inner = ridge_mse_interval(graph, ridge, order)
        assert outer[0] - 1e-9 <= inner[0] <= mse + 1e-9
        assert mse - 1e-9 <= inner[1] <= outer[1] + 1e-9
        outer = inner
    assert error <= 2 * outer[1] + 1e-9


@given(st.sampled_from(list(GRAPHS)), ANY_RNG, RIDGES, st.floats(-6, 1))
def test_another_ratio_is_worse_by_no_more_than_its_distance(family, rng, ridge, decades):
    """The remark to theorem 21."""
    graph = GRAPHS[family](rng, 14)
    ratio = true_ratio(graph)
    other = ratio + 10**decades * rng.standard_normal(ratio.shape)
    distance = np.sqrt(graph.left_marginal @ (other - ratio) ** 2 @ graph.right_marginal)
    heaviest = max(graph.left_marginal[graph.left_labels == c].sum() for c in graph.left_labels)
    root = np.sqrt(naive_ridge(graph, ratio, ridge)[1]) + distance * np.sqrt(heaviest / ridge)
    assert np.sqrt(naive_ridge(graph, other, ridge)[1]) <= root * (1 + 1e-6) + 1e-9


def test_both_ends_are_rounded_outward_and_the_rule_begins_below_0(monkeypatch):
    """`64 eps` is made a thousandth, which counts `1 + 1 / λ` times in the roots."""
    monkeypatch.setattr(module, "ROUND_OFF", 1e-3)
    graph, ridge = family_graph("dense_random"), 0.5
    rules = gauss_rule(label_measure(graph, 2)), radau_rule(label_measure(graph, 2), -1e-3)
    roots = [np.sqrt(weights @ (ridge / (nodes + ridge)) ** 2) for nodes, weights in rules]
    assert ridge_mse_interval(graph, ridge, 2) == pytest.approx(((roots[0] - 0.003) ** 2, (roots[1] + 0.003) ** 2))


def test_a_ridge_near_round_off_is_vacuous():
    graph = family_graph("latent_captions", 2)
    assert ridge_mse_interval(graph, 1e-15) == (0, 1)
    assert module._integral((np.array([-0.5, 1.0]), np.array([0.5, 0.5])), 1.0) == 1
    assert module._integral((np.array([-0.49, 1.0]), np.array([0.5, 0.5])), 1.0) > 1


@pytest.mark.parametrize("ridge", [0.0, -1.0, np.inf])
def test_a_ridge_that_is_not_positive_raises(ridge):
    with pytest.raises(ValueError, match=f"ridge={ridge} is not positive"):
        ridge_mse_interval(PairGraph(np.eye(2), [0, 1]), ridge)
