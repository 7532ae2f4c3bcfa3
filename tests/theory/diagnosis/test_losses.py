"""Losses on batches, beside their formulae written out, and the best critic of small graphs."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from pairbounds import PairGraph
from pairbounds.theory.bounds.theorem29_batches import batch_information
from pairbounds.theory.questions.diagnosis import losses as module
from pairbounds.theory.questions.diagnosis.losses import LOSSES, BatchScores, batch_losses

B = 4
NOTHING = {"siglip": math.log(B) + (B - 1) * math.log(B / (B - 1)), "spectral": -1.0}  # of a constant; else ln B


def random_scores(seed, width=3):
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((6, 5)) * (rng.random((6, 5)) < 0.6) + np.eye(6, 5), drop_isolated=True)
    f, g = (rng.standard_normal((size, width)).astype(np.float32) for size in graph.shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ANCHORS", 512)
        return graph, BatchScores.drawn(graph, f, g, B, seed)


def naive(loss, scores, bias):
    """Loss of a batch from its square of scores."""
    on, off = np.diag(scores), scores[~np.eye(B, dtype=bool)]
    if loss == "siglip":
        return (np.logaddexp(0, -on - bias).sum() + np.logaddexp(0, off + bias).sum()) / B
    if loss == "spectral":
        return -2 * on.mean() + np.mean(off**2)
    return np.mean([logsumexp(scores, axis=axis) - on for axis in (0, 1)])


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 3), st.sampled_from(LOSSES))
def test_losses_and_ranks_are_those_of_their_formulae(seed, scale, loss):
    graph, scores = random_scores(seed)
    squares = scores.sides[0].double().numpy().reshape(-1, B, B)
    expected = np.mean([naive(loss, scale * square, -1.0) for square in squares])
    assert scores.loss(loss, scale, -1.0) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert scores.loss("siglip", scale) <= scores.loss("siglip", scale, -1.0) + 1e-3
    torch.testing.assert_close(scores.sides[1][:B], scores.sides[0][:B].T)
    for i in range(2 * B):
        wrong_texts = scores.sides[0][i][scores.ratios[0][i] == 0] >= scores.of_pairs[i]
        assert scores.ranks[i] == pytest.approx(wrong_texts.double().mean().item() if len(wrong_texts) else 0)
    losses = batch_losses(scores, graph, loss, 3, scale, -1.0 if loss == "siglip" else None)
    assert losses.given == pytest.approx(scores.loss(loss, 1 / scale, -1.0), rel=1e-5)
    assert losses.floor - 0.2 <= losses.best <= losses.nothing == pytest.approx(NOTHING.get(loss, math.log(B)))
    low, high = batch_information(graph, B)  # theorem 29; 0.2: a sample of 512 anchors
    assert loss in NOTHING or math.log(B) - high - 0.2 <= losses.floor <= math.log(B) - low + 0.2


@pytest.mark.parametrize("loss", LOSSES)
def test_equal_rows_have_the_loss_of_a_constant_and_pointwise_information_that_of_the_best_critic(loss):
    graph, _ = random_scores(7)
    constant = BatchScores.drawn(graph, *(np.ones((size, 1), np.float32) for size in graph.shape), B, 0)
    losses = batch_losses(constant, graph, loss, 3, None if loss == "spectral" else 0.5, None)
    assert losses.given == pytest.approx(NOTHING.get(loss, math.log(B)), abs=1e-3)
    assert losses.learned == pytest.approx(0, abs=1e-3)
    ratios = graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal)
    best = ratios if loss == "spectral" else np.log(np.maximum(ratios, 1e-30))
    critic = BatchScores.drawn(graph, np.eye(graph.n_left, dtype=np.float32), best.T.astype(np.float32), B, 0)
    floor = batch_losses(critic, graph, loss, 9, None, None).floor
    assert critic.loss(loss, 1.0, -math.log(B - 1)) == pytest.approx(floor, rel=0.1 if loss == "spectral" else 1e-4)


def test_a_large_batch_has_fewer_anchors_and_all_its_negatives(monkeypatch):
    monkeypatch.setattr(module, "MOST_SCORES", 2**16)
    rows = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    for batch in (2, 300, 5_000):
        scores = BatchScores.drawn(PairGraph(np.eye(50)), rows, rows, batch, 0)
        assert {side.shape for side in (*scores.sides, *scores.ratios)} == {(len(scores.pairs), batch)}
        assert 2**16 / batch / 2 < len(scores.pairs) <= 2**16 / batch or len(scores.pairs) == 2048
