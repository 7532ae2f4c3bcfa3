import numpy as np
import pytest
from scipy.stats import chisquare

from pairbounds.simulations.pair_sampling import PairSampler, draw_pairs
from tests.families import family_graph

GRAPH = family_graph("sparse_random", 0, 12)
DRAWS = 20_000


def counts(shape, rows, columns):
    table = np.zeros(shape)
    np.add.at(table, (rows, columns), 1)
    return table


def fits(observed, expected):
    """A chi-squared test; nothing is drawn that cannot be."""
    assert observed[expected == 0].sum() == 0
    positive = expected > 0
    return chisquare(observed[positive], expected[positive] * DRAWS).pvalue > 1e-3


@pytest.mark.parametrize("draw", [PairSampler.pairs, PairSampler.induced_pairs])
def test_pairs_follow_their_distribution(draw):
    expected = (GRAPH if draw is PairSampler.pairs else GRAPH.induced()).joint.toarray()
    assert fits(counts(expected.shape, *draw(PairSampler(GRAPH), DRAWS, np.random.default_rng(1))), expected)


def test_a_training_set_follows_the_joint_distribution():
    sample = draw_pairs(GRAPH, DRAWS, np.random.default_rng(3))
    rows, columns = sample.graph.joint.tocoo().coords
    observed = np.zeros(GRAPH.joint.shape)
    observed[sample.left[rows], sample.right[columns]] = sample.graph.joint.data * DRAWS
    assert fits(np.rint(observed), GRAPH.joint.toarray())
    np.testing.assert_allclose(observed, np.rint(observed), atol=1e-9)
    small_sample = draw_pairs(GRAPH, 5, np.random.default_rng(4))
    assert small_sample.graph.joint.nnz <= 5
    np.testing.assert_array_equal(small_sample.graph.left_labels, GRAPH.left_labels[small_sample.left])
    np.testing.assert_array_equal(small_sample.graph.right_ids, GRAPH.right_ids[small_sample.right])
