"""Theorem 43, encoders learned from image pairs, against dense algebra on the pairs one by one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pairbounds import HypothesisError, PairGraph, encoder_from_pairs, probe
from pairbounds.simulations.pair_sampling import PairSampler
from pairbounds.theory.bounds.theorem43_from_image_pairs import (
    ImagePairs,
    certified_mse_at_most,
    mse_by_hops_at_most,
    mse_by_norms_at_most,
    mse_from_pairs_at_most,
)
from tests.families import GRAPHS, one_hot

NUMBERS = {"unreached": 0.1, "variation": 0.2, "largest": 4.0, "spread": 1.0, "dimension": 3, "next_value": 0.5}


def sampled_pairs(graph, n, rng):
    """Image pairs from P_T, (n, 2)."""
    return np.column_stack(PairSampler(graph).induced_pairs(n, rng))


def features_of(graph, d, rng):
    """Features in very different units, one of them constant."""
    return np.column_stack([np.ones(graph.n_left), rng.standard_normal((graph.n_left, d - 1)) * [1, 10, 100][: d - 1]])


class Dense:
    """All quantities of a sample, pair by pair, in coordinates of features whitened by a Cholesky factor."""

    def __init__(self, graph, features, pairs, ridge):
        masses, n, d = graph.left_marginal, len(pairs), features.shape[1]
        to_white = np.linalg.inv(np.linalg.cholesky(features.T @ (masses[:, None] * features))).T
        white = features @ to_white
        units = np.sqrt(np.mean(features[pairs] ** 2, axis=(0, 1)))
        second, self.induced = np.zeros((d, d)), np.zeros((d, d))
        for left, other in white[pairs]:
            second += (np.outer(left, left) + np.outer(other, other)) / (2 * n)
            self.induced += (np.outer(left, other) + np.outer(other, left)) / (2 * n)
        self.targets = white.T @ (masses[:, None] * one_hot(graph))
        weights = to_white * units[:, None]
        self.scores, self.norms = white @ self.targets, np.sum(white**2, axis=1)
        self.bias = ridge * np.sum((weights @ self.targets) ** 2)
        self.plain, self.second = second, second + ridge * weights.T @ weights
        means = (graph.joint.toarray() / graph.right_marginal).T @ white
        self.moments = means.T @ (graph.right_marginal[:, None] * means)
        self.unreached = 1 - np.sum(self.targets**2)
        self.low = np.linalg.eigvalsh(self.second)[0]
        # Symmetric, so that vectors of one value are orthogonal: `eig` gives any basis of their space.
        root = np.linalg.inv(np.linalg.cholesky(self.second))
        values, vectors = np.linalg.eigh(root @ self.induced @ root.T)
        self.values, self.vectors = values[::-1], (root.T @ vectors)[:, ::-1]
        self.variation = np.mean([np.sum((self.scores[i] - self.scores[j]) ** 2) / 2 for i, j in pairs])

    def error(self, k):
        """`ε₂` of the span of the first k vectors, by least squares in whitened coordinates."""
        left, *_ = np.linalg.svd(self.vectors[:, :k], full_matrices=False)
        return self.unreached + np.sum((self.targets - left @ (left.T @ self.targets)) ** 2)

    def tail(self, k):
        """Energy of `S^{1/2} B` beyond k, by the norm of S."""
        return np.sum((self.vectors[:, k:].T @ self.second @ self.targets) ** 2)


@pytest.mark.parametrize(("n", "ridge"), [(30, 0.3), (2000, 0.0)])
@pytest.mark.parametrize("family", GRAPHS)
def test_every_sample_against_dense_algebra(family, n, ridge):
    rng = np.random.default_rng([len(family), n])
    graph = GRAPHS[family](rng, 14)
    features = features_of(graph, 4, rng)
    pairs = sampled_pairs(graph, n, rng)
    dense, sample = Dense(graph, features, pairs, ridge), ImagePairs.of(graph.through(features), pairs, ridge)
    assert sample.low == pytest.approx(dense.low, rel=1e-7)
    assert sample.values == pytest.approx(dense.values, abs=1e-8)
    assert np.abs(sample.values).max() <= 1 + 1e-12
    assert sample.bias == pytest.approx(dense.bias, abs=1e-8)
    gap = np.diff(-np.append(dense.values, -2))
    for k in range(1, 5):
        error = dense.error(k)
        next_value = np.append(dense.values, -np.inf)[k]
        if dense.values[k - 1] > 1e-9 and gap[k - 1] > 1e-6:
            encoder = encoder_from_pairs(features[pairs[:, 0]], features[pairs[:, 1]], k, ridge=ridge)
            assert probe(graph, encoder(features)).mse == pytest.approx(error, abs=1e-7)
        room = 1 - next_value if next_value < 1 - 1e-9 else 0.0
        value = dense.unreached + (dense.variation + dense.bias) / (dense.low * room) if room else math.inf
        bound, hops = mse_from_pairs_at_most(sample, k), mse_by_hops_at_most(sample, k)
        assert bound == pytest.approx(value, rel=1e-6)
        exact = dense.unreached + dense.tail(k) / dense.low
        assert error <= exact + 1e-9
        assert exact - 1e-9 <= hops <= bound
        assert hops <= exact + 1e-6 or gap[k - 1] < 1e-3  # moments of so many hops determine four atoms
        assert mse_by_hops_at_most(sample, k, 1) <= bound
        assert error <= certified_mse_at_most(n, **sample.numbers(k))
        if ridge == 0 and gap[k - 1] > 1e-6:
            off = sum(
                np.linalg.norm(difference, 2) for difference in (dense.plain - np.eye(4), dense.induced - dense.moments)
            )
            room = 1 - np.append(np.linalg.eigvalsh(dense.moments)[::-1], -np.inf)[k] - off
            variation = np.sum(dense.targets * (dense.targets - dense.moments @ dense.targets))
            by_norms = dense.unreached + (variation + off * (1 - dense.unreached)) / room if room > 0 else math.inf
            assert mse_by_norms_at_most(sample, k) == pytest.approx(by_norms, rel=1e-5)
            assert bound <= mse_by_norms_at_most(sample, k) + 1e-9
    numbers = sample.numbers(1)
    widest = max(np.sum((difference - other) ** 2) for difference in dense.scores for other in dense.scores) / 2
    centred = np.sum((dense.scores - dense.scores.mean(axis=0)) ** 2, axis=1)
    assert widest <= numbers["spread"] == pytest.approx(max(numbers["variation"], 2 * centred.max()), abs=1e-9)
    assert numbers["largest"] == pytest.approx(max(4, dense.norms.max()))


def test_all_pairs_as_a_sample_give_theorem_42_and_an_equality():
    """P_T of this graph is a table of integers; with a constant and one more feature all energy is at one value."""
    graph = PairGraph([[3, 1, 0, 0], [1, 3, 0, 0], [0, 0, 3, 1], [0, 0, 1, 3]], [0, 0, 1, 1])
    induced = graph.joint.toarray() / graph.right_marginal @ graph.joint.toarray().T
    counts = np.rint(induced * 64).astype(int)
    assert counts == pytest.approx(induced * 64)
    pairs = np.array([(i, j) for i in range(4) for j in range(4) for _ in range(counts[i, j])])
    features = np.column_stack([np.ones(4), [1.0, 0.5, -1.0, -0.2]])
    population = graph.through(features)
    sample = ImagePairs.of(population, pairs)
    encoder = encoder_from_pairs(features[pairs[:, 0]], features[pairs[:, 1]], 1)
    error = probe(graph, encoder(features)).mse
    off = 1e-3  # of round-off raises every bound
    rounded = replace(population, rounding=off)
    for bound in (mse_from_pairs_at_most, mse_by_norms_at_most, mse_by_hops_at_most):
        assert bound(sample, 1) == pytest.approx(error, abs=1e-10)
        assert bound(replace(sample, rounding=off), 1) >= error + off
        assert bound(replace(sample, population=rounded), 1) >= error + off / 2
    numbers, raised = (replace(sample, population=part).numbers(1) for part in (population, rounded))
    for name in ("unreached", "variation", "spread"):
        assert raised[name] == pytest.approx(numbers[name] + off, abs=1e-9)
    assert raised["largest"] == pytest.approx(numbers["largest"] * (1 + off))
    assert replace(sample, rounding=off).low == pytest.approx(1 - off)
    assert replace(sample, rounding=off).next_value(1) == pytest.approx(sample.next_value(1) + 2 * off / (1 - off))
    assert error == pytest.approx(population.probe_mse(1), abs=1e-10)
    certified = certified_mse_at_most(10**14, **sample.numbers(1))
    assert error <= certified == pytest.approx(error, abs=1e-5)


def test_without_low_or_e_x_the_bound_would_be_false():
    rng = np.random.default_rng(1)
    graph = GRAPHS["dense_random"](rng, 14)
    features, broken = features_of(graph, 4, rng), {"low": 0, "e_X": 0, "low by hops": 0, "one hop is worse": 0}
    for _ in range(40):
        pairs = sampled_pairs(graph, 8, rng)
        dense = Dense(graph, features, pairs, 0.0)
        if dense.low > 1e-3:
            over = dense.variation / (1 - dense.values[1])
            broken["low"] += dense.error(1) > dense.unreached + over
            broken["e_X"] += dense.error(1) > over / dense.low
            broken["low by hops"] += dense.error(1) > dense.unreached + dense.tail(1)
            sample = ImagePairs.of(graph.through(features), pairs)
            assert dense.error(1) <= mse_from_pairs_at_most(sample, 1)
            broken["one hop is worse"] += mse_by_hops_at_most(sample, 1) < mse_by_hops_at_most(sample, 1, 1) - 1e-3
    assert min(broken.values()) > 0


def test_certified_by_hand():
    log = math.log(2 / 0.1)
    above = 0.2 + math.sqrt(2 * 0.2 * log / 1000) + log / 3000
    low = 1 - math.sqrt(8 * (math.log(3) + log) / 1000)
    value = certified_mse_at_most(1000, **NUMBERS, level=0.9)
    assert value == pytest.approx(0.1 + above / (low * 0.5))
    assert certified_mse_at_most(1000, **NUMBERS, level=0.9, bias=0.01) == pytest.approx(value + 0.01 / (low * 0.5))
    assert certified_mse_at_most(1, **NUMBERS | {"largest": 3.0, "variation": 1.0, "bias": 0.0}) == 1
    assert certified_mse_at_most(10**9, **NUMBERS | {"unreached": 0.9}) == 1  # and not 1.3
    assert certified_mse_at_most(10**9, **NUMBERS | {"unreached": 0, "variation": 0}) == pytest.approx(0, abs=1e-6)
    assert certified_mse_at_most(10, **NUMBERS) == 1 == certified_mse_at_most(10**9, **NUMBERS | {"next_value": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"variation": 1.1},
        {"largest": 2.9},
        {"unreached": 1.1},
        {"next_value": 1.1},
        {"bias": -1},
        {"level": 1},
        {"level": 0},
    ],
)
def test_numbers_of_no_population_raise(wrong):
    with pytest.raises(
        ValueError, match="R² is at least d" if {"variation", "largest"} & set(wrong) else "give n >= 1"
    ):
        certified_mse_at_most(100, **NUMBERS | wrong)


def test_hypotheses():
    graph = PairGraph(np.ones((4, 2)), [0, 0, 1, 1])
    features = np.column_stack([np.ones(4), [1.0, 2, 3, 5], [0, 0, 0, 1]])
    population = graph.through(features)
    for pairs, ridge in (([[1, 2]], 0.0), ([[0, 1], [1, 2], [0, 2]], 0.0), ([[0, 1], [1, 2], [0, 2]], 0.1)):
        with pytest.raises(HypothesisError, match="do not span the 3 features: draw more pairs"):
            ImagePairs.of(population, pairs, ridge)
    for pairs in ([[0, 4]], [[-1, 0]], [0, 1]):
        with pytest.raises(ValueError, match="two numbers of left nodes"):
            ImagePairs.of(population, pairs)
    copied = graph.through(np.column_stack([features, features[:, 1]]))
    pairs = [[0, 1], [1, 2], [2, 3], [3, 0]]
    with pytest.raises(HypothesisError, match="have rank 3"):
        ImagePairs.of(copied, pairs, 0.1)
    value = mse_from_pairs_at_most(ImagePairs.of(copied, pairs), 2)
    assert value == pytest.approx(mse_from_pairs_at_most(ImagePairs.of(population, pairs), 2))
    assert mse_from_pairs_at_most(ImagePairs.of(copied, np.array(pairs, dtype=float)), 2) == value  # of a text file
    without_labels = graph.through([[1.0], [-1], [1], [-1]])  # says nothing of them: e_X is 1
    assert certified_mse_at_most(10**9, **ImagePairs.of(without_labels, pairs).numbers(1)) == 1
    with pytest.raises(HypothesisError, match="without a ridge"):
        mse_by_norms_at_most(ImagePairs.of(population, pairs, 0.1), 1)
    for bound in (mse_from_pairs_at_most, mse_by_norms_at_most, mse_by_hops_at_most):
        with pytest.raises(ValueError, match="k=4"):
            bound(ImagePairs.of(population, pairs), 4)


def test_an_encoder_needs_positive_values():
    views = np.array([[1.0, 0.2], [-1, 0.1], [0.5, 2]])
    with pytest.raises(HypothesisError, match="have 0 positive values: take k <= 0"):
        encoder_from_pairs(views, -views, 1)
    with pytest.raises(ValueError, match="two of one shape"):
        encoder_from_pairs(views, views[:2], 1)
    for wrong in (-1, np.inf):
        with pytest.raises(ValueError, match="ridge"):
            encoder_from_pairs(views, views, 1, ridge=wrong)
