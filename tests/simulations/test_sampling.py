import numpy as np
import pytest
from scipy.stats import chisquare

from pairbounds.simulations.sampling import PairSampler, draw_pairs, whole_graph
from tests.families import GRAPHS

GRAPH = GRAPHS["sparse_random"](np.random.default_rng(0), 12)
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


def test_pairs_follow_the_joint_distribution():
    rows, columns = PairSampler(GRAPH).pairs(DRAWS, np.random.default_rng(1))
    assert fits(counts(GRAPH.joint.shape, rows, columns), GRAPH.joint.toarray())


def test_induced_pairs_follow_the_induced_distribution():
    first, second = PairSampler(GRAPH).induced_pairs(DRAWS, np.random.default_rng(2))
    expected = GRAPH.induced().joint.toarray()
    assert fits(counts(expected.shape, first, second), expected)


def test_a_training_set_follows_the_joint_distribution():
    sample = draw_pairs(GRAPH, DRAWS, np.random.default_rng(3))
    rows, columns = sample.graph.joint.tocoo().coords
    observed = np.zeros(GRAPH.joint.shape)
    observed[sample.left[rows], sample.right[columns]] = sample.graph.joint.data * DRAWS
    assert fits(np.rint(observed), GRAPH.joint.toarray())
    np.testing.assert_allclose(observed, np.rint(observed), atol=1e-9)


@pytest.mark.parametrize("n", [1, 5, 50])
def test_a_training_set_knows_its_nodes(n):
    sample = draw_pairs(GRAPH, n, np.random.default_rng(4))
    assert sample.graph.joint.nnz <= n
    for side in ("left", "right"):
        places = getattr(sample, side)
        for what in ("labels", "ids"):
            name = f"{side}_{what}"
            np.testing.assert_array_equal(getattr(sample.graph, name), getattr(GRAPH, name)[places])


def test_everything_is_the_graph_itself():
    whole = whole_graph(GRAPH)
    assert whole.graph is GRAPH
    np.testing.assert_array_equal(whole.left, np.arange(GRAPH.n_left))


def test_an_empty_training_set_is_an_error():
    with pytest.raises(ValueError, match="n=0 pairs"):
        draw_pairs(GRAPH, 0, np.random.default_rng(0))
