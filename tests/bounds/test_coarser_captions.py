"""Theorem 30: merges and channels of captions, and images that share theirs."""

import numpy as np
import pytest
from hypothesis import given

from pairbounds import PairGraph, induced_labelling_error, spectrum
from pairbounds.theory.bounds.theorem30_coarser_captions import coarser
from tests.families import ANY_SEED, small_graph


def drawn_graph(seed):
    rng = np.random.default_rng(seed)
    return small_graph(rng), rng


def pooled(graph, groups):
    """The graph whose left nodes share the captions of their group."""
    same_group = np.equal.outer(groups, groups)
    share = graph.left_marginal / (same_group @ graph.left_marginal)
    return PairGraph(share[:, None] * (same_group @ graph.joint.toarray()), graph.left_labels)


@given(ANY_SEED)
def test_coarser_captions_have_smaller_values_and_less_consistent_pairs(seed):
    graph, rng = drawn_graph(seed)
    n_right = graph.n_right
    merges = rng.integers(1 + n_right // 2, size=n_right)
    channel = rng.random((n_right, rng.integers(1, 10))) ** 4 + 1e-6
    for given_channel in (merges, channel / channel.sum(axis=1, keepdims=True)):
        other = coarser(graph, given_channel)
        k = min(*graph.shape, *other.joint.shape)
        assert np.all(spectrum(other, k).singular_values <= spectrum(graph, k).singular_values + 1e-9)
        assert induced_labelling_error(other) >= induced_labelling_error(graph) - 1e-9


def test_images_of_two_classes_that_share_their_captions_can_be_more_consistent_or_less():
    """A caption of two classes becomes one of unequal shares, and a caption of one class one of two."""
    crossed = PairGraph([[1, 0], [0, 1], [1, 0], [0, 1]], [0, 1, 1, 0])
    assert [induced_labelling_error(each_graph) for each_graph in (crossed, pooled(crossed, [0, 0, 1, 2]))] == [
        0.5,
        0.375,
    ]
    clean = PairGraph(np.eye(2), [0, 1])
    assert [induced_labelling_error(each_graph) for each_graph in (clean, pooled(clean, [0, 0]))] == pytest.approx(
        [0, 0.5]
    )


def test_bad_channels():
    graph = PairGraph(np.eye(2))
    with pytest.raises(ValueError, match="3 groups for 2"):
        coarser(graph, [0, 1, 2])
    for rows in (np.ones((2, 2)), np.eye(3), [[2.0, -1.0], [0, 1]]):
        with pytest.raises(ValueError, match="rows of probabilities"):
            coarser(graph, rows)
