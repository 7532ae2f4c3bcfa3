"""Theorem 33: the values of features from pairs of views."""

import math

import numpy as np
import pytest

from pairbounds.theory.bounds.theorem33_view_pairs import values_from_views


def population(seed, d=3):
    """Whitened features of some views, their probabilities given each natural image, and M."""
    rng = np.random.default_rng(seed)
    given_image = rng.dirichlet(np.full(8, 0.3), size=6)
    masses = rng.dirichlet(np.ones(6))
    features = rng.standard_normal((8, d))
    marginal = masses @ given_image
    covariance = features.T @ (marginal[:, None] * features)
    features = features @ np.linalg.inv(np.linalg.cholesky(covariance)).T
    means = given_image @ features
    return features, given_image, masses, means.T @ (masses[:, None] * means)


def views(rng, n, features, given_image, masses):
    """Features of two views of n natural images, (n, d) each."""
    images = rng.choice(len(masses), n, p=masses)
    cumulated = given_image.cumsum(axis=1)[images]
    sampled_views = [(rng.random((n, 1)) > cumulated).sum(axis=1).clip(max=7) for _ in range(2)]
    return [features[nodes] for nodes in sampled_views]


def test_coverage_and_the_rate():
    features, given_image, masses, joint = population(1)
    largest, truth = np.sum(features**2, axis=1).max(), np.linalg.eigvalsh(joint)[::-1]
    rng, off = np.random.default_rng(0), []
    for _ in range(200):
        values, half = values_from_views(*views(rng, 400, features, given_image, masses), largest, level=0.9)
        off.append(np.abs(values - truth).max())
    assert np.mean(np.array(off) <= half) >= 0.9
    assert np.mean(np.array(off) <= half / 30) < 0.9  # it is some seven times too wide, and not without limit


def test_one_image_by_hand():
    """One natural image with views (1, 1) and (1, -1): the mean is diagonal with 1 and -1; B = 2, L = ln 80."""
    values, half = values_from_views([[1, 1]], [[1, -1]], 2)
    assert values.tolist() == [1, -1]
    log = math.log(2 * 2 / 0.05)
    assert half == pytest.approx(math.sqrt(4 * log) + log)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (([[1.0]], [[1.0, 2.0]], 3), "one shape"),
        (([[1.0]], [[2.0]], 3), "is below 4"),
        (([[1.0], [0.5]], [[2.0], [0.5]], 3), "is below 4"),
        (([[0.1, 0.1]], [[0.1, 0.1]], 1), "is below 2"),
    ],
)
def test_bad_arguments(arguments, why):
    with pytest.raises(ValueError, match=why):
        values_from_views(*arguments)
    for level in (0, 1):
        with pytest.raises(ValueError, match="confidence"):
            values_from_views([[1.0]], [[1.0]], 1, level=level)
