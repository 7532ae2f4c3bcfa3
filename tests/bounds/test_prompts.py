"""Theorem 39: the mean of several prompt sets against loops over images."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble
from tests.families import ANY_RNG


@given(ANY_RNG)
def test_the_identity_and_the_bound(rng):
    sets, n, r = rng.integers(1, 6), rng.integers(1, 12), rng.integers(2, 5)
    labels, masses = rng.integers(r, size=n), rng.dirichlet(np.ones(n))
    scores = np.eye(r)[labels] * rng.random() + rng.standard_normal((sets, n, r)) * rng.random()
    errors = [sum(m * np.sum((s[x] - np.eye(r)[labels[x]]) ** 2) for x, m in enumerate(masses)) for s in scores]
    mean = scores.mean(axis=0)
    _, at_most = prompt_ensemble(scores, errors, masses)
    assert at_most == pytest.approx(2 * masses @ np.sum((mean - np.eye(r)[labels]) ** 2, axis=1), abs=1e-10)
    wrong = [any(s[c] >= s[y] for c in range(r) if c != y) for s, y in zip(mean, labels, strict=True)]
    assert masses @ wrong <= at_most + 1e-10


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize("seed", range(5))
def test_sets_whose_mean_is_right_have_no_error_and_the_bound_is_rounded_up(seed, scale):
    votes = scale * np.random.default_rng(seed).standard_normal((3, 4, 2))
    votes -= votes.mean(axis=0)  # of labels 0: scores may be less than one-hot labels, too
    errors = np.mean(np.sum(votes**2, axis=2), axis=1)
    disagreement, at_most = prompt_ensemble(votes, errors)
    exact = np.vectorize(Fraction)(votes)
    apart = np.sum((exact - exact.sum(axis=0) / 3) ** 2) / 12
    assert 2 * (sum(map(Fraction, errors)) / 3 - apart) <= at_most <= 1e-12 * disagreement
    assert prompt_ensemble(np.zeros((2, 1, 2)), [0, 0]) == (0, 0)


@pytest.mark.parametrize(
    ("scores", "errors", "message"),
    [
        (np.ones((2, 3)), [1, 1], "do not fit"),
        (np.ones((2, 3, 2)), [1], "do not fit"),
        (np.full((1, 3, 2), np.nan), [1], "below the disagreement, nan"),
        ([[[1.0, 0.0]], [[0.0, 1.0]]], [0.1, 0.1], "below the disagreement, 0.5: measure both on the same images"),
    ],
)
def test_bad_arguments(scores, errors, message):
    with pytest.raises(ValueError, match=message):
        prompt_ensemble(scores, errors)
