"""Theorem 34, few labels, against every draw on small graphs."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, probe
from pairbounds.theory.bounds.theorem34_few_labels import (
    FewLabels,
    few_labels_balanced_mse,
    few_labels_error,
    few_labels_mse,
    few_labels_with_probability,
)
from tests.families import one_hot, weighted_basis

SEEDS = range(25)


def small(seed, *, uniform=False):
    """A graph of a few left nodes with labels, and features that have the constant in their span in half of cases."""
    rng = np.random.default_rng([seed, uniform])
    n = int(rng.integers(3, 6))
    masses = np.full(n, 1 / n) if uniform else rng.dirichlet(np.full(n, rng.choice([0.5, 5.0])))
    labels = np.r_[0, 1, rng.integers(0, 3, n - 2)]
    features = rng.standard_normal((n, int(rng.integers(1, n + 1))))
    if rng.random() < 0.5:
        features[:, 0] = 1
    return PairGraph(np.outer(masses, [0.5, 0.5]), labels), features


def errors(features, targets, masses, nodes, weights):
    """Squared and 0-1 error of the mean-embedding classifier from these images, by its formula, and by loops."""
    scores = np.zeros(targets.shape)
    for x, node, c in itertools.product(range(len(features)), range(len(nodes)), range(targets.shape[1])):
        scores[x, c] += weights[node] * (features[x] @ features[nodes[node]]) * targets[nodes[node], c]
    rivals = np.where(targets, -np.inf, scores).max(axis=1)
    wrong = scores[targets] <= rivals + 1e-12
    return masses @ np.sum((scores - targets) ** 2, axis=1), masses @ wrong


def setting(seed, **kind):
    graph, features = small(seed, **kind)
    whitened = weighted_basis(graph, features) / np.sqrt(graph.left_marginal)[:, None]
    return FewLabels.of(graph, features), whitened, one_hot(graph), graph


def shrunk(summary, r, W):
    """The least over γ of twice the squared error of the centred and shrunk scores."""
    A = 1 - summary.mse - (1 - summary.lacking) / r
    return 2 * min(1 - 1 / r - 2 * share * A + share**2 * (A + W) for share in np.linspace(0, 1, 2001))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n_labels", [1, 2, 3])
def test_the_mean_over_every_independent_draw(seed, n_labels):
    summary, features, targets, graph = setting(seed)
    masses, (k, r) = graph.left_marginal, (features.shape[1], targets.shape[1])
    mse = error = 0.0
    for nodes in itertools.product(range(graph.n_left), repeat=n_labels):
        losses = errors(features, targets, masses, nodes, np.full(n_labels, 1 / n_labels))
        chance = math.prod(masses[list(nodes)])
        mse, error = mse + chance * losses[0], error + chance * losses[1]
    assert summary.mse == pytest.approx(probe(graph, features).mse, abs=1e-10)
    assert summary.largest == pytest.approx(np.linalg.norm(features, axis=1).max())
    assert few_labels_mse(summary.mse, k, n_labels) == pytest.approx(mse, rel=1e-10)
    assert error <= summary.error_at_most(n_labels) <= 2 * few_labels_mse(summary.mse, k, n_labels) + 1e-12
    assert summary.error_at_most(n_labels) <= few_labels_error(summary.mse, k, n_labels, r) + 1e-12
    W = ((1 - 1 / r) * (k - 1) + summary.mse - summary.lacking / r) / n_labels
    assert summary.error_at_most(n_labels) == pytest.approx(shrunk(summary, r, W), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_over_every_draw_without_replacement(seed):
    summary, features, targets, graph = setting(seed, uniform=True)
    n, k = graph.n_left, features.shape[1]
    for size in (1, 2, n):
        draws = [
            errors(features, targets, graph.left_marginal, nodes, np.full(size, 1 / size))[0]
            for nodes in itertools.permutations(range(n), size)
        ]
        assert few_labels_mse(summary.mse, k, size, n) == pytest.approx(np.mean(draws), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_over_every_balanced_draw(seed):
    summary, features, targets, graph = setting(seed)
    counts = np.random.default_rng(seed).integers(1, 3, targets.shape[1])
    candidates = [
        np.flatnonzero(members) for members, count in zip(targets.T, counts, strict=True) for _ in range(count)
    ]
    within = graph.left_marginal / (targets @ summary.masses)
    mse = error = 0.0
    for nodes in itertools.product(*candidates):
        chance = math.prod(within[list(nodes)])
        weights = np.repeat(summary.masses / counts, counts)
        losses = errors(features, targets, graph.left_marginal, nodes, weights)
        mse, error = mse + chance * losses[0], error + chance * losses[1]
    assert few_labels_balanced_mse(summary.mse, summary.masses, summary.variances, counts) == pytest.approx(
        mse, rel=1e-10
    )
    if len(set(counts)) == 1:
        total = int(counts.sum())
        at_most = summary.error_at_most(total, balanced=True)
        assert error <= at_most == summary.error_at_most(total + 1, balanced=True) <= 2 * mse + 1e-12
        assert at_most == pytest.approx(
            shrunk(summary, len(counts), (1 - 1 / len(counts)) * (mse - summary.mse)), abs=1e-6
        )


def test_equal_classes_by_hand():
    """Two equal classes of one image each, all functions: ε₂ = 0, k = 2; (a) 1/N, balanced 0, and 34′ `1/(N + 1)`."""
    summary = FewLabels.of(PairGraph([[1], [1]], [0, 1]), np.eye(2))
    assert (summary.mse, summary.lacking) == (pytest.approx(0, abs=1e-12), 0)
    assert few_labels_mse(0, 2, 4) == pytest.approx(1 / 4)
    assert few_labels_balanced_mse(0, summary.masses, summary.variances, [2, 2]) == pytest.approx(0, abs=1e-12)
    # A = 1/2, W = 1 / (2N), so 2 A W / (A + W) = 1 / (N + 1); one label leaves the other image a tie: an equality.
    assert summary.error_at_most(1) == pytest.approx(1 / 2)
    assert summary.error_at_most(4) == pytest.approx(1 / 5)
    assert summary.error_at_most(4, balanced=True) == pytest.approx(0, abs=1e-12)
    assert summary.labels_needed(0.2 + 1e-9) == 4
    assert summary.labels_needed(0.2 - 1e-9) == 5
    assert summary.labels_needed(0.1, balanced=True) == 2
    assert summary.labels_needed(1e-8) == pytest.approx(1e8, rel=1e-4)
    assert summary.labels_needed(1e-13) == math.inf
    assert summary.labels_needed(1) == 1
    # (d) at δ = e⁻²: `(√(1/16) + √2 √(4/16))²`.
    assert few_labels_with_probability(0, 2, 16, 2**0.5, 1 - math.exp(-2)) == pytest.approx((1 / 4 + 2**0.5 / 2) ** 2)
    assert few_labels_with_probability(0, 2, 4, 2) == few_labels_with_probability(0, 2, 4, 2, 0.95)
    assert few_labels_mse(0.5, 2, 1, 2) == few_labels_mse(0.5, 2, 1)  # one image is drawn in the same way


@pytest.mark.parametrize("n_labels", [*range(1, 40), 10**6])
@pytest.mark.parametrize("error", [0.0, 0.1])
def test_values_are_rounded_up(n_labels, error):
    mse = Fraction(error)
    assert few_labels_mse(error, 7, n_labels) >= mse + (6 + mse) / n_labels
    A, W = Fraction(2, 3) - mse, (4 + mse) / n_labels
    assert few_labels_error(error, 7, n_labels, 3) >= 2 * (mse + A * W / (A + W))


def test_without_the_constant_the_distance_is_needed():
    """f = ±1 has nothing to do with the labels: at ε₂ = 1 the bound with o = 0 and a negative A is 0, and s errs."""
    graph = PairGraph(np.ones((4, 1)), [0, 0, 1, 1])
    summary = FewLabels.of(graph, [[1.0], [-1.0], [1.0], [-1.0]])
    assert (summary.mse, summary.lacking) == (pytest.approx(1), pytest.approx(1))
    A, W = 1 - summary.mse - 1 / 2, summary.mse
    assert 2 * (summary.mse + A * W / (A + W)) == pytest.approx(0, abs=1e-9)
    targets = np.repeat(np.eye(2, dtype=bool), 2, axis=0)
    error = np.mean([errors(summary.features, targets, graph.left_marginal, [x], [1.0])[1] for x in range(4)])
    assert error == pytest.approx(0.5)
    assert few_labels_error(summary.mse, 1, 1, 2) == pytest.approx(1)
    assert summary.error_at_most(1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("function", "arguments", "why"),
    [
        (few_labels_mse, (1.5, 2, 3), "give a number in"),
        (few_labels_mse, (0.5, 2, 0), "positive integers"),
        (few_labels_mse, (0.5, 2, 5, 4), "without replacement"),
        (few_labels_balanced_mse, (0.5, [0.5, 0.5], [1, 1], [0, 2]), "each class a label"),
        (few_labels_balanced_mse, (0.5, [0.5, 0.5], [1, 1], [2]), "each class"),
        (few_labels_with_probability, (0.5, 4, 10, 1.9), "at least √4"),
        (few_labels_with_probability, (0.5, 4, 10, 2, 1.0), "level"),
        (few_labels_with_probability, (0.5, 4, 10, 2, 0.0), "level"),
    ],
)
def test_bad_arguments(function, arguments, why):
    with pytest.raises(ValueError, match=why):
        function(*arguments)
