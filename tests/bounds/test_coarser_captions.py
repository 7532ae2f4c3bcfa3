"""Theorem 30: merges and channels of captions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error, spectrum
from pairbounds.theory.bounds.theorem30_coarser_captions import coarser


@given(st.integers(0, 2**32))
def test_coarser_captions_have_smaller_values_and_less_consistent_pairs(seed):
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 9, size=2)
    joint = rng.random((n_left, n_right)) ** 3 * (rng.random((n_left, n_right)) < 0.6)
    graph = PairGraph(joint + 0.01 * np.eye(n_left, n_right) + 1e-4, rng.integers(3, size=n_left))
    merges = rng.integers(1 + n_right // 2, size=n_right)
    channel = rng.random((n_right, rng.integers(1, 10))) ** 4 + 1e-6
    for given_channel in (merges, channel / channel.sum(axis=1, keepdims=True)):
        other = coarser(graph, given_channel)
        k = min(*graph.joint.shape, *other.joint.shape)
        assert np.all(spectrum(other, k).singular_values <= spectrum(graph, k).singular_values + 1e-9)
        assert induced_labelling_error(other) >= induced_labelling_error(graph) - 1e-9


def test_images_that_are_removed_are_no_channel():
    """The labelling error of the induced pairs falls where the only image of another class goes."""
    joint, labels = np.array([[1.0, 0], [1, 1], [0, 1]]), [0, 1, 0]
    whole, fewer = PairGraph(joint, labels), PairGraph(joint[[0, 2]], [0, 0])
    assert induced_labelling_error(fewer) < induced_labelling_error(whole)
    assert spectrum(fewer, 2).singular_values[1] > spectrum(whole, 2).singular_values[1]


def test_a_merge_by_hand():
    graph = PairGraph(np.eye(4), ["cat", "cat", "dog", "dog"], right_ids=["a cat", "cats", "a dog", "dogs"])
    merged = coarser(graph, ["cat", "cat", "dog", "dog"])
    assert merged.joint.toarray() == pytest.approx(np.kron(np.eye(2), np.ones((2, 1))) / 4)
    assert (list(merged.right_ids), list(merged.class_names)) == (["cat", "dog"], ["cat", "dog"])
    assert induced_labelling_error(coarser(graph, [0, 1, 1, 2])) == pytest.approx(1 / 4)


def test_bad_channels():
    graph = PairGraph(np.eye(2))
    with pytest.raises(ValueError, match="3 groups for 2"):
        coarser(graph, [0, 1, 2])
    for rows in (np.ones((2, 2)), np.eye(3), [[2.0, -1.0], [0, 1]]):
        with pytest.raises(ValueError, match="rows of probabilities"):
            coarser(graph, rows)
