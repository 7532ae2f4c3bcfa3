"""Theorem 27 from its definitions: which values belong to which pairs."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given

from pairbounds import HypothesisError, PairGraph
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem27_whitened_alignment import induced_alignment, pair_alignment
from tests.families import ANY_SEED, embeddings


def case(seed):
    """An encoder of random features of a random graph."""
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 8, size=2)
    graph = PairGraph(np.exp(rng.choice([0.3, 1, 3]) * rng.standard_normal((n_left, n_right))))
    k = int(rng.integers(1, min(n_left, n_right) + 1))
    return embedded(graph, k, embeddings(graph, k, seed))


def whitened(features, mass):
    """`f (E f fᵀ)^{-1/2}`."""
    return features @ np.linalg.inv(scipy.linalg.sqrtm(features.T @ (mass[:, None] * features)).real)


def mean_distance(pairs, left, other):
    return float(np.sum(pairs * np.sum((left[:, None] - other) ** 2, axis=2)))


@given(ANY_SEED)
def test_whitened_alignment_from_its_definition(seed):
    encoder = case(seed)
    graph = encoder.graph
    f, g = whitened(encoder.left, graph.left_marginal), whitened(encoder.right, graph.right_marginal)
    induced = mean_distance(graph.induced().joint.toarray(), f, f)
    assert induced_alignment(encoder) == pytest.approx(induced, rel=1e-5, abs=1e-7)
    joint = graph.joint.toarray()
    turned, _ = scipy.linalg.orthogonal_procrustes(np.eye(encoder.k), g.T @ joint.T @ f)
    nearest = mean_distance(joint, f, g @ turned)
    assert pair_alignment(encoder) == pytest.approx(nearest, rel=1e-5, abs=1e-7)
    assert nearest <= mean_distance(joint, f, g) + 1e-7


@pytest.mark.parametrize("lacking", [0, 1])
@pytest.mark.parametrize("rank", [1, 2])
def test_an_embedding_that_lacks_one_direction_or_more_cannot_be_whitened(lacking, rank):
    """Three columns. The last ones are sums of the first."""
    graph, rng = PairGraph(np.ones((5, 5)) + np.eye(5)), np.random.default_rng(0)
    features = [rng.standard_normal((5, 3)), rng.standard_normal((5, 3))]
    features[lacking] = features[lacking][:, :rank] @ rng.standard_normal((rank, 3))
    encoder = embedded(graph, 3, tuple(features))
    measures = [pair_alignment] if lacking else [induced_alignment, pair_alignment]
    for measure in measures:
        with pytest.raises(HypothesisError, match=f"{'fg'[lacking]} cannot be whitened: its rank is {rank} and its"):
            measure(encoder)
