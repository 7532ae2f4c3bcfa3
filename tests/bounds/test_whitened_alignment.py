"""Theorem 27 from its definitions: which values belong to which pairs."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import HypothesisError, PairGraph, spectrum
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem27_whitened_alignment import induced_alignment, pair_alignment


def case(seed):
    """A random graph, its triplets, and an encoder of random features."""
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 8, size=2)
    graph = PairGraph(np.exp(rng.choice([0.3, 1, 3]) * rng.standard_normal((n_left, n_right))))
    k = int(rng.integers(1, min(n_left, n_right) + 1))
    triplets = spectrum(graph, min(n_left, n_right)).leading(k + 1)
    features = rng.standard_normal((n_left, k)), rng.standard_normal((n_right, k))
    return graph, triplets, Encoder.of(graph, triplets, k, features)


def whitened(features, mass):
    """`f (E f fᵀ)^{-1/2}`."""
    return features @ np.linalg.inv(scipy.linalg.sqrtm(features.T @ (mass[:, None] * features)).real)


def mean_distance(pairs, one, other):
    return float(np.sum(pairs * np.sum((one[:, None] - other) ** 2, axis=2)))


@given(st.integers(0, 2**32))
def test_both_are_what_they_say(seed):
    graph, _, encoder = case(seed)
    f, g = whitened(encoder.left, graph.left_marginal), whitened(encoder.right, graph.right_marginal)
    induced = mean_distance(graph.induced().joint.toarray(), f, f)
    assert induced_alignment(encoder) == pytest.approx(induced, rel=1e-5, abs=1e-7)
    joint = graph.joint.toarray()
    turned, _ = scipy.linalg.orthogonal_procrustes(np.eye(encoder.k), g.T @ joint.T @ f)
    nearest = mean_distance(joint, f, g @ turned)
    assert pair_alignment(encoder) == pytest.approx(nearest, rel=1e-5, abs=1e-7)
    assert nearest <= mean_distance(joint, f, g) + 1e-7


def test_the_squares_do_not_belong_to_the_pairs_themselves():
    """`2 Σ (1 - σ_i²)` bounds induced pairs, and is false of the pairs: σ is 1 and 0.8, and they are 0.4 apart."""
    graph = PairGraph([[0.9, 0.1], [0.1, 0.9]])
    optimum = Encoder.optimum(graph, spectrum(graph, 2).leading(3), 2)
    assert induced_alignment(optimum) == pytest.approx(2 * (1 - 0.8**2))
    assert pair_alignment(optimum) == pytest.approx(2 * (1 - 0.8))
    assert pair_alignment(optimum) < 2 * (1 - 0.8**2)


@pytest.mark.parametrize("lacking", [0, 1])
@pytest.mark.parametrize("rank", [1, 2])
def test_an_embedding_that_lacks_one_direction_or_more_cannot_be_whitened(lacking, rank):
    """Three columns, of which the last are sums of the first."""
    graph, rng = PairGraph(np.ones((5, 5)) + np.eye(5)), np.random.default_rng(0)
    features = [rng.standard_normal((5, 3)), rng.standard_normal((5, 3))]
    features[lacking] = features[lacking][:, :rank] @ rng.standard_normal((rank, 3))
    encoder = Encoder.of(graph, spectrum(graph, 4), 3, tuple(features))
    measures = [pair_alignment] if lacking else [induced_alignment, pair_alignment]
    for measure in measures:
        with pytest.raises(HypothesisError, match=f"{'fg'[lacking]} cannot be whitened: its rank is {rank} and its"):
            measure(encoder)
