"""Ranks by a naive loop, ties, hubs, and the ceiling by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph
from pairbounds.theory.questions.diagnosis import retrieval as module
from pairbounds.theory.questions.diagnosis.retrieval import ceiling, centred, retrieval
from tests.families import ANY_RNG


@given(ANY_RNG, st.sampled_from([1, 20, 2**24]))
def test_ranks_equal_a_naive_loop(rng, block):
    joint = (rng.random((7, 5)) < 0.3) + np.eye(7, 5) + np.eye(7, 5, -3)
    graph = PairGraph(joint > 0, drop_isolated=True)
    f, g = (rng.integers(-2, 3, (size, 2)).astype(np.float32) for size in graph.shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        result = retrieval(graph, f, g, 0)
    pairs, scores = graph.joint.toarray() > 0, f @ g.T
    for ranks, mask, table in ((result.of_texts, pairs, scores), (result.of_images, pairs.T, scores.T)):
        expected = [sum(row[~right] >= row[right].max()) for row, right in zip(table, mask, strict=True)]
        assert ranks.tolist() == expected
    nearest = scores.argmax(axis=1)
    assert result.hub_share == pytest.approx(np.mean(nearest == result.hub))
    assert result.hub_mass == pytest.approx(graph.right_marginal[result.hub])


def test_a_collapsed_side_retrieves_nothing_and_the_ceiling_of_shared_captions():
    """Three of four images share a caption: R@1 of the own image is 1/3 for these, R@2 2/3."""
    graph = PairGraph([[1, 0], [1, 0], [1, 0], [0, 1]])
    assert retrieval(graph, *(np.ones((n, 2), np.float32) for n in graph.shape), 0).first.mean() == 0
    tops = [3 / 4 / 3 + 1 / 4, 3 / 4 * 2 / 3 + 1 / 4, 1]
    assert [ceiling(graph, depth) for depth in (1, 2, 5)] == pytest.approx(tops)


def test_centred_rows_have_no_mean_and_unit_length():
    rows = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32) + 5
    masses = np.random.default_rng(1).dirichlet(np.ones(50))
    np.testing.assert_allclose(masses @ centred(rows, masses, on_sphere=False), 0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(centred(rows, masses, on_sphere=True), axis=1), 1, atol=1e-5)
