"""The ridge probe against ridge regression, and theorem 21 on graphs and ratios of every kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error
from pairbounds.theory.bounds import theorem21_ridge_probe as module
from pairbounds.theory.bounds.theorem21_ridge_probe import (
    one_hop_interval,
    ridge_mse_at_most,
    ridge_mse_interval,
    ridge_probe,
)
from pairbounds.theory.quantities.multihop import gauss_rule, label_measure, radau_rule
from tests.families import GRAPHS

HOPS = (1, 2, 4, 8)
RIDGES = st.floats(-5, 2).map(lambda power: 10**power)


def naive_ridge(graph, features, ridge):
    """0-1 and squared error, by weighted ridge regression from its normal equations."""
    mass, onehot = graph.left_marginal, (graph.left_labels[:, None] == np.unique(graph.left_labels)).astype(float)
    gram = features.T @ (mass[:, None] * features) + ridge * np.eye(features.shape[1])
    scores = features @ np.linalg.solve(gram, features.T @ (mass[:, None] * onehot))
    error = 0.0
    for x, own in enumerate(onehot.argmax(axis=1)):
        rivals = np.delete(scores[x], own)
        error += mass[x] * (rivals.size > 0 and scores[x, own] <= rivals.max() + 1e-9)
    return error, float(mass @ np.sum((scores - onehot) ** 2, axis=1))


def features_of(graph, ratio):
    """`(√p_R(l) ŵ(x, l))_l`, (n_left, n_right)."""
    return np.sqrt(graph.right_marginal) * ratio


def true_ratio(graph):
    return graph.joint.toarray() / graph.left_marginal[:, None] / graph.right_marginal


def truncated(graph, width, noise, rng):
    """The true ratio of rank `width`, as the spectral loss finds it, with noise."""
    u, sigma, w_t = np.linalg.svd(graph.normalized.toarray())
    k = min(width, len(sigma))
    f = u[:, :k] * sigma[:k] / np.sqrt(graph.left_marginal)[:, None]
    g = w_t[:k].T / np.sqrt(graph.right_marginal)[:, None]
    return f + noise * rng.standard_normal(f.shape), g + noise * rng.standard_normal(g.shape)


@pytest.mark.parametrize("ridge", [0.003, 0.3, 30.0])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_probe_is_ridge_regression(family, ridge):
    rng = np.random.default_rng(0)
    graph = GRAPHS[family](rng, 12)
    found = ridge_probe(graph, ridge)
    error, mse = naive_ridge(graph, features_of(graph, true_ratio(graph)), ridge)
    assert found.mse == pytest.approx(mse, rel=1e-8)
    assert found.error == pytest.approx(error, abs=1e-9)
    for f, g in (truncated(graph, 3, 0.1, rng), (np.ones((graph.n_left, 40)), np.ones((graph.n_right, 40)))):
        found = ridge_probe(graph, ridge, (f, g))
        error, mse = naive_ridge(graph, features_of(graph, f @ g.T), ridge)
        assert found.mse == pytest.approx(mse, rel=1e-8)
        assert found.error == pytest.approx(error, abs=1e-9)


@given(st.sampled_from(list(GRAPHS)), st.integers(0, 2**32), RIDGES)
def test_the_squared_error_is_between_the_rules_and_both_close_in(family, seed, ridge):
    rng = np.random.default_rng(seed)
    graph = GRAPHS[family](rng, int(rng.integers(6, 24)))
    found, outer = ridge_probe(graph, ridge), one_hop_interval(graph, ridge)
    for hops in HOPS:
        inner = ridge_mse_interval(graph, ridge, hops)
        assert outer[0] - 1e-12 <= inner[0] <= found.mse + 1e-12
        assert found.mse - 1e-12 <= inner[1] <= outer[1] + 1e-9
        outer = inner
    assert found.error <= 2 * outer[1] + 1e-12


@given(st.sampled_from(list(GRAPHS)), st.integers(0, 2**32), RIDGES, st.integers(1, 6), st.floats(-6, 1))
def test_another_ratio_is_worse_by_no_more_than_its_distance(family, seed, ridge, width, decades):
    rng = np.random.default_rng(seed)
    graph = GRAPHS[family](rng, 14)
    ratio = truncated(graph, width, 10**decades, rng)
    assert ridge_probe(graph, ridge, ratio).mse <= ridge_mse_at_most(graph, ridge, ratio) + 1e-12


def test_the_bound_of_another_ratio_by_hand():
    """Two classes of one node each, `Ā = I`; ŵ is the first pair alone: `mse(w) = (λ/(1+λ))²`, δ = 1, p_max = 1/2."""
    graph, ridge = PairGraph(np.eye(2), [0, 1]), 4.0
    ratio = np.array([[2.0], [0.0]]), np.array([[1.0], [0.0]])
    assert ridge_probe(graph, ridge).mse == pytest.approx(0.64)
    assert ridge_probe(graph, ridge, ratio).mse == pytest.approx((0.64 + 1) / 2)
    assert ridge_mse_at_most(graph, ridge, ratio) == 1
    half = ratio[0] / 2, ratio[1]
    near = (2 * np.eye(2) * [1, 0.9], np.eye(2))  # δ = 0.1
    assert ridge_mse_at_most(graph, ridge, near) == pytest.approx((0.8 + 0.1 * np.sqrt(0.5 / 4)) ** 2)
    assert ridge_probe(graph, ridge, near).mse == pytest.approx((0.64 + (4 / 4.81) ** 2) / 2)
    assert ridge_probe(graph, ridge, half).mse == pytest.approx(((4 / 4.25) ** 2 + 1) / 2)


def test_the_bound_of_another_ratio_is_off_by_no_more_than_a_factor_of_two():
    """Where `σ² = λ` a small δ moves the root of the error by `δ / (2 √λ)`: by half of what the bound allows."""
    graph, ridge = PairGraph([[1.0]], [0]), 1.0
    slope = (
        np.sqrt(ridge_probe(graph, ridge, ([[0.999]], [[1.0]])).mse) - np.sqrt(ridge_probe(graph, ridge).mse)
    ) / 0.001
    assert slope == pytest.approx(0.5, rel=1e-2)


@pytest.mark.parametrize("ridge", [0.1, 1.0])
def test_one_hop_is_attained_from_both_sides(ridge):
    """From below where all label energy is at one value, from above where it is at 0 and 1."""
    kept = 0.6
    at_one_value = PairGraph(np.eye(2), [0, 0])
    assert one_hop_interval(at_one_value, ridge)[0] == pytest.approx(ridge_probe(at_one_value, ridge).mse)
    at_both = PairGraph(np.ones((2, 2)), [0, 1])
    assert one_hop_interval(at_both, ridge)[1] == pytest.approx(ridge_probe(at_both, ridge).mse)
    between = PairGraph([[1 + kept, 1 - kept], [1 - kept, 1 + kept]], [0, 1])
    low, high = one_hop_interval(between, ridge)
    assert low < ridge_probe(between, ridge).mse * 0.999
    assert ridge_probe(between, ridge).mse * 1.001 < high
    error = induced_labelling_error(between)
    assert low == pytest.approx((ridge / (1 - error + ridge)) ** 2)
    assert high == pytest.approx(error + (1 - error) * (ridge / (1 + ridge)) ** 2)


@pytest.mark.parametrize("decades", [6, 24, 100, 250])
@pytest.mark.parametrize("ridge", [1e-12, 1e-3, 1e3])
def test_weights_of_any_size(decades, ridge):
    rng = np.random.default_rng(decades)
    for family in ("sparse_random", "many_components", "tall"):
        graph = GRAPHS[family](rng, 12)
        weights = graph.joint.toarray() * 10.0 ** -rng.uniform(0, decades, graph.joint.shape)
        low, high = ridge_mse_interval(PairGraph(weights, graph.left_labels), ridge)
        assert 0 <= low <= high <= 1
        if ridge > 1e-6:
            mse = ridge_probe(PairGraph(weights, graph.left_labels), ridge).mse
            assert low - 1e-12 <= mse <= high + 1e-12


def test_a_ridge_near_round_off_says_nothing():
    graph = GRAPHS["latent_captions"](np.random.default_rng(2), 18)
    assert ridge_mse_interval(graph, 1e-15) == (0, 1)


def test_both_ends_are_rounded_outward_and_the_rule_begins_below_0(monkeypatch):
    """`64 eps` is made a thousandth, which counts `1 + 1 / λ` times in the roots."""
    monkeypatch.setattr(module, "ROUND_OFF", 1e-3)
    graph, ridge = GRAPHS["dense_random"](np.random.default_rng(0), 18), 0.5
    rules = gauss_rule(label_measure(graph, 2)), radau_rule(label_measure(graph, 2), -1e-3)
    roots = [np.sqrt(weights @ (ridge / (nodes + ridge)) ** 2) for nodes, weights in rules]
    assert ridge_mse_interval(graph, ridge, 2) == pytest.approx(((roots[0] - 0.003) ** 2, (roots[1] + 0.003) ** 2))


def test_the_distance_of_a_ratio_is_rounded_up_and_counts_with_the_heaviest_class(monkeypatch):
    """The exact ratio of two classes of one node each: `δ² = r (√2 + 2)²`, its sizes being 1 twice, p_max = 3/4."""
    monkeypatch.setattr(module, "round_off", lambda n: 1e-3)
    graph, exact = PairGraph(np.diag([3, 1]), [0, 1]), (np.diag([4 / 3, 4]), np.eye(2))
    distance = np.sqrt(1e-3) * (np.sqrt(2) + 2)
    assert ridge_mse_at_most(graph, 4.0, exact) == pytest.approx((0.8 + distance * np.sqrt(0.75 / 4)) ** 2)


def test_a_rule_that_reaches_the_pole_says_nothing():
    assert module._integral((np.array([-0.5, 1.0]), np.array([0.5, 0.5])), 1.0) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: ridge_mse_interval(g, 0.0), "ridge=0.0 is not positive"),
        (lambda g: one_hop_interval(g, -1.0), "ridge=-1.0"),
        (lambda g: ridge_probe(g, np.inf), "ridge=inf"),
        (lambda g: ridge_mse_interval(PairGraph(np.eye(2)), 1.0), "no left labels"),
        (lambda g: ridge_probe(g, 1.0, (np.ones((2, 1)), np.ones((2, 2)))), "f has width 1 and g 2"),
        (lambda g: ridge_mse_at_most(g, 1.0, (np.ones((3, 1)), np.ones((2, 1)))), "f has shape"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(PairGraph(np.eye(2), [0, 1]))
