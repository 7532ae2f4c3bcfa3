"""Theorem 39: the mean of several prompt sets against loops over images."""

import numpy as np
import pytest
from hypothesis import given

from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble
from tests.families import ANY_SEED


@given(ANY_SEED)
def test_the_identity_and_the_bound(seed):
    rng = np.random.default_rng(seed)
    sets, n, r = rng.integers(1, 6), rng.integers(1, 12), rng.integers(2, 5)
    labels, masses = rng.integers(r, size=n), rng.dirichlet(np.ones(n))
    scores = np.eye(r)[labels] * rng.random() + rng.standard_normal((sets, n, r)) * rng.random()
    errors = [sum(m * np.sum((s[x] - np.eye(r)[labels[x]]) ** 2) for x, m in enumerate(masses)) for s in scores]
    mean = scores.mean(axis=0)
    _, at_most = prompt_ensemble(scores, errors, masses)
    assert at_most == pytest.approx(2 * masses @ np.sum((mean - np.eye(r)[labels]) ** 2, axis=1), abs=1e-10)
    wrong = [any(s[c] >= s[y] for c in range(r) if c != y) for s, y in zip(mean, labels, strict=True)]
    assert masses @ wrong <= at_most + 1e-10


def test_ties_reach_it_and_a_tenth_less_is_false():
    """Two sets say .9 and .1 and the other way round: their mean ties, of error 1 and squared error 1/2."""
    scores = np.array([[[0.9, 0.1]], [[0.1, 0.9]]])
    assert prompt_ensemble(scores, [0.02, 1.62]) == pytest.approx((0.32, 1))


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
