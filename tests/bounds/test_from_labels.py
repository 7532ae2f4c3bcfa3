"""Theorem 41, the probe that sees all labels from few, against every draw on small graphs."""

import itertools
import math

import numpy as np
import pytest

import pairbounds.theory.bounds.theorem41_from_labels as theorem41
from pairbounds.theory.bounds.theorem41_from_labels import (
    probe_mse_from_labels,
    unbiased_balanced_probe_mse,
    unbiased_probe_mse,
    unbiased_probe_mse_without_replacement,
)
from tests.bounds.test_few_labels import SEEDS, setting


def by_loops(features, labels, weight):
    """`1 - Σ_{i≠j} w f(x_i)·f(x_j) 1[y_i = y_j]`, pair by pair."""
    pairs = itertools.permutations(range(len(labels)), 2)
    return 1 - sum(weight(labels[i]) * features[i] @ features[j] for i, j in pairs if labels[i] == labels[j])


def mean_of(estimate, nodes, chances):
    return sum(math.prod(chances[list(draw)]) * estimate(list(draw)) for draw in nodes)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_over_every_draw_is_the_error_of_the_full_probe(seed):
    summary, features, targets, graph = setting(seed)
    n, labels, masses = graph.n_left, graph.left_labels, graph.left_marginal
    by_label = dict(zip(np.unique(labels), summary.masses, strict=True))
    for size in (2, 3):
        draws = list(itertools.product(range(n), repeat=size))
        mean = mean_of(lambda draw: unbiased_probe_mse(features[draw], labels[draw]), draws, masses)
        assert mean == pytest.approx(summary.mse, abs=1e-10)
        sample = list(draws[-2])
        loops = by_loops(features[sample], labels[sample], lambda _, size=size: 1 / (size * (size - 1)))
        assert unbiased_probe_mse(features[sample], labels[sample]) == pytest.approx(loops, rel=1e-10)
    draws_by_class = list(itertools.product(*(np.flatnonzero(members) for members in targets.T for _ in range(2))))
    within = masses / (targets @ summary.masses)
    mean = mean_of(
        lambda draw: unbiased_balanced_probe_mse(features[draw], labels[draw], by_label), draws_by_class, within
    )
    assert mean == pytest.approx(summary.mse, abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_over_every_draw_without_replacement(seed):
    summary, features, _, graph = setting(seed, uniform=True)
    n, labels = graph.n_left, graph.left_labels
    for size in (2, 3):
        draws = [list(nodes) for nodes in itertools.permutations(range(n), size)]
        values = [unbiased_probe_mse_without_replacement(features[draw], labels[draw], n) for draw in draws]
        assert np.mean(values) == pytest.approx(summary.mse, abs=1e-10)
        assert np.mean([probe_mse_from_labels(features[d], labels[d], population=n).value for d in draws[:9]]) == (
            pytest.approx(np.mean(values[:9]))
        )


def sampled_population(n_labels, seed=0):
    """Whitened features of a population of 300 images and three classes, and a sample."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 300)
    features = np.column_stack([np.ones(300), rng.standard_normal((300, 4)) + np.eye(3, 4)[labels]])
    left = np.linalg.svd(features, full_matrices=False)[0] * math.sqrt(300)
    chosen = rng.choice(300, n_labels)
    return left, labels, chosen


@pytest.mark.parametrize("kind", ["independent", "balanced", "finite"])
def test_the_interval_is_that_of_resamples_without_pairs_of_copies(kind):
    features, labels, chosen = sampled_population(120)
    sampled_features, sampled_labels = features[chosen], labels[chosen]
    masses = {c: float(np.mean(labels == c)) for c in range(3)} if kind == "balanced" else None
    population = 300 if kind == "finite" else None
    result = probe_mse_from_labels(
        sampled_features, sampled_labels, masses=masses, population=population, resamples=4000, seed=1
    )
    rng, values = np.random.default_rng(2), []
    strata = [np.flatnonzero(sampled_labels == c) for c in range(3)] if kind == "balanced" else [np.arange(120)]
    for _ in range(1500):
        total = 0.0
        for c, stratum in enumerate(strata):
            nodes, size = rng.choice(stratum, len(stratum)), len(stratum)
            is_pair = (nodes[:, None] != nodes) & (sampled_labels[nodes][:, None] == sampled_labels[nodes])
            share = 1.0 if masses is None else masses[c] ** 2
            total += share * np.sum(is_pair * (sampled_features[nodes] @ sampled_features[nodes].T)) / (size - 1) ** 2
        values.append(1 - total if population is None else ((population - 1) * (1 - total) + 1 - 5) / population)
    assert (result.low, result.high) == pytest.approx(np.quantile(values, [0.025, 0.975]), abs=0.02)
    assert result.low < result.value < result.high
    assert result.note == ""


def test_the_difference_of_two_embeddings_has_the_narrower_interval():
    features, labels, chosen = sampled_population(150)
    sampled_features, sampled_labels = features[chosen], labels[chosen]
    no_difference = probe_mse_from_labels(sampled_features, sampled_labels, other=sampled_features)
    assert (no_difference.value, no_difference.low, no_difference.high) == (0, 0, 0)
    result = probe_mse_from_labels(sampled_features[:, :4], sampled_labels, other=sampled_features)
    parts = [probe_mse_from_labels(part, sampled_labels) for part in (sampled_features[:, :4], sampled_features)]
    assert result.value == pytest.approx(parts[0].value - parts[1].value)
    assert result.high - result.low < min(part.high - part.low for part in parts)


def test_resamples_of_two_images_by_hand():
    """One class: both images give `1 - 2 f(x_1)·f(x_2)`; an image and its copy give 1, because they make no pair."""
    images, labels = np.array([[1.0, 2.0], [3.0, -1.0]]), np.zeros(2)
    ends = {probe_mse_from_labels(images, labels, resamples=1, seed=seed, least=0)[1:3] for seed in range(20)}
    assert ends == {(1 - 2.0, 1 - 2.0), (1.0, 1.0)}
    features, all_labels, chosen = sampled_population(100)
    result = probe_mse_from_labels(features[chosen], all_labels[chosen])
    assert result == probe_mse_from_labels(features[chosen], all_labels[chosen], resamples=2000, seed=0, level=0.95)


def test_blocks_of_resamples_have_the_interval_of_one(monkeypatch):
    features, labels, chosen = sampled_population(100)
    before = probe_mse_from_labels(features[chosen], labels[chosen], resamples=50)
    monkeypatch.setattr(theorem41, "BLOCK", 700)
    assert probe_mse_from_labels(features[chosen], labels[chosen], resamples=50) == pytest.approx((*before[:3], ""))


def test_few_labels_have_no_interval():
    features, labels, chosen = sampled_population(99)
    result = probe_mse_from_labels(features[chosen], labels[chosen])
    assert math.isnan(result.low)
    assert "99 labelled images are too few" in result.note
    for count, note in ((4, "no interval: a class has 4 labelled images, label 5"), (5, "")):
        rare = np.r_[np.flatnonzero(labels == 0)[:count], np.flatnonzero(labels != 0)[:100]]
        result = probe_mse_from_labels(features[rare], labels[rare], masses={0: 0.3, 1: 0.3, 2: 0.4})
        assert (math.isnan(result.high), result.note) == (count == 4, note)


@pytest.mark.parametrize(
    ("size", "more", "why"),
    [
        (1, {}, "give two"),
        (6, {"population": 5}, "without replacement"),
        (6, {"population": 9, "masses": {0: 1.0}}, "give one"),
        (6, {"masses": {0: 1.0}}, "mass of every class"),
        (6, {"masses": {0: 0.5, 1: 0.2}}, "mass of every class"),
        (6, {"masses": {0: 0.4, 1: 0.3, 2: 0.3}}, "two of each class"),
        (7, {}, "^features"),
    ],
)
def test_bad_arguments(size, more, why):
    labels = np.array([0, 0, 0, 1, 1, 1])[:size]
    with pytest.raises(ValueError, match=why):
        probe_mse_from_labels(np.ones((size, 2)), labels, **more)
