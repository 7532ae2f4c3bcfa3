"""Theorem 37: all labellings of small graphs of views, one by one, and captions that separate."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import HypothesisError, PairGraph, probe
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.theorem37_separation import separation
from pairbounds.theory.spectrum.triplets import spectrum
from tests.families import ANY_RNG, block_diagonal


def views_of(rng, n):
    """Random views of n images, each of mass 1 / n."""
    blocks = [rng.random((rng.integers(1, 4), rng.integers(1, 4))) + 0.1 for _ in range(n)]
    return PairGraph(block_diagonal([block / block.sum() for block in blocks]))


def mean_error(views, features, n_classes):
    """The mean of ε₂ over all labellings of the components."""
    errors = [
        probe(PairGraph(views.joint, np.array(labels)[views.components[0]]), features).mse
        for labels in product(range(n_classes), repeat=views.n_components)
    ]
    return np.mean(errors)


@pytest.mark.parametrize(("n", "k", "r"), [(2, 1, 2), (3, 1, 3), (3, 2, 2), (4, 2, 2), (4, 3, 3), (5, 2, 2)])
def test_the_mean_over_all_labellings_and_equality_with_the_constant(n, k, r):
    rng = np.random.default_rng([n, k, r])
    views = views_of(rng, n)
    bound, _ = separation(views, PairGraph(np.eye(max(r, k)), np.arange(max(r, k)) % r), k)
    assert mean_error(views, Encoder.optimum(views, spectrum(views, k + 1), k).left, r) >= bound
    others = rng.standard_normal((n, k))
    for constant in (False, True):
        others[:, 0] = 1 if constant else others[:, 0]
        basis = np.linalg.qr(others)[0]  # of an optimum, in coordinates of components
        exact = 1 - ((1 - 1 / r) * k + np.sum(basis.sum(axis=0) ** 2) / r) / n
        result = mean_error(views, basis[views.components[0]], r)
        assert result == pytest.approx(exact, abs=1e-10)
        assert result >= bound
    assert 0.9 * result < bound <= result


@given(ANY_RNG, st.integers(2, 4))
def test_consistent_captions_of_connected_classes_separate_at_k_of_r(rng, r):
    sizes = rng.integers(2, 4, size=r)
    captions = PairGraph(block_diagonal([rng.random((n, 2)) + 0.1 for n in sizes]), np.repeat(np.arange(r), sizes))
    of_views, of_captions = separation(views_of(rng, captions.n_left), captions, r)
    assert of_captions < 1e-9
    assert of_views == pytest.approx((1 - 1 / r) * (1 - r / captions.n_left), abs=1e-8)


def test_hypotheses():
    labelled, equal = PairGraph(np.eye(2), [0, 1]), PairGraph(np.eye(2))
    with pytest.raises(HypothesisError, match=r"differ by 100\.0%"):
        separation(PairGraph(np.diag([1, 2])), labelled, 1)
    for k in (0, 2):
        with pytest.raises(HypothesisError, match=rf"k={k} is not in 1\.\.1: the views have 2 components"):
            separation(equal, labelled, k)
    with pytest.raises(HypothesisError, match="no left labels"):
        separation(equal, equal, 1)


def test_without_equal_masses_it_is_false():
    """One image has nearly all views: the optimum of width 1 that is constant there misses nearly nothing."""
    views = PairGraph(np.diag([0.98, 0.01, 0.01]))
    assert mean_error(views, np.eye(3)[:, :1], 2) < (1 - 1 / 2) * (1 - 1 / 3)
