"""Losses on batches, beside their formulae written out, and the best critic of small graphs."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pairbounds import PairGraph
from pairbounds.theory.bounds.theorem29_batches import batch_information
from pairbounds.theory.questions.diagnosis.losses import BatchScores, batch_losses

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed, n=6, m=5, batch=4, width=3):
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((n, m)) * (rng.random((n, m)) < 0.6) + np.eye(n, m), drop_isolated=True)
    f, g = (rng.standard_normal((size, width)).astype(np.float32) for size in graph.shape)
    return graph, BatchScores.drawn(graph, f, g, batch, seed)


def naive(scores, start, sigmoid=False, scale=1.0, bias=0.0):
    """Loss of the batch that begins with an anchor, image by image and caption by caption."""
    square = scale * scores.to_texts[start : start + 4].double().numpy() + bias
    if sigmoid:
        signs = 2 * np.eye(4) - 1
        return np.log1p(np.exp(-signs * square)).sum() / 4
    rows = [math.log(sum(math.exp(s) for s in row)) - row[i] for i, row in enumerate(square)]
    columns = [math.log(sum(math.exp(s) for s in row)) - row[i] for i, row in enumerate(square.T)]
    return (sum(rows) + sum(columns)) / 8


@settings(max_examples=5)
@given(SEEDS, st.floats(0.1, 5))
def test_losses_are_those_of_their_formulae(seed, scale):
    _, scores = drawn(seed)
    starts = range(0, len(scores.pairs), 4)
    assert scores.infonce(scale) == pytest.approx(np.mean([naive(scores, i, scale=scale) for i in starts]), rel=1e-4)
    expected = np.mean([naive(scores, i, True, scale, -1.0) for i in starts])
    assert scores.sigmoid(scale, -1.0) == pytest.approx(expected, rel=1e-4)
    torch.testing.assert_close(scores.to_images[:4], scores.to_texts[:4].T)
    own = [scores.to_texts[i, i % 4].item() for i in range(len(scores.pairs))]
    assert scores.of_pairs.tolist() == own
    for i in range(8):
        others = [scores.to_texts[i, j].item() >= own[i] for j in range(4) if scores.ratios[i, j] == 0]
        assert scores.ranks[i] == pytest.approx(np.mean(others) if others else 0)


@settings(max_examples=5)
@given(SEEDS)
def test_the_best_critic_is_that_of_theorem_29(seed):
    graph, scores = drawn(seed)
    low, high = batch_information(graph, 4)
    losses = batch_losses(scores, graph, "infonce", 3, None, None)
    assert math.log(4) - high - 0.1 <= losses.floor <= math.log(4) - low + 0.1  # 0.1: a sample of 2,048 anchors
    assert losses.floor - 0.1 <= losses.best <= losses.nothing == math.log(4)
    assert 0 <= losses.learned <= 1


@pytest.mark.parametrize(("loss", "nothing"), [("clip", math.log(4)), ("siglip", math.log(4) + 3 * math.log(4 / 3))])
def test_equal_rows_have_the_loss_of_a_constant_and_pointwise_information_that_of_the_best_critic(loss, nothing):
    graph, _ = drawn(7)
    constant = BatchScores.drawn(graph, *(np.ones((size, 1), np.float32) for size in graph.shape), 4, 0)
    losses = batch_losses(constant, graph, loss, 1, 0.5, None)
    assert losses.given == pytest.approx(nothing, abs=1e-3)
    assert (losses.nothing, losses.learned) == (pytest.approx(nothing), pytest.approx(0, abs=1e-3))
    ratios = graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal)
    best = np.log(np.maximum(ratios, 1e-30)).astype(np.float32)
    critic = BatchScores.drawn(graph, np.eye(graph.n_left, dtype=np.float32), best.T.copy(), 4, 0)
    scale, bias = 1.0, 0.0 if loss == "clip" else -math.log(3)
    losses = batch_losses(critic, graph, "infonce" if loss == "clip" else loss, 9, scale, bias if bias else None)
    assert (critic.infonce(1.0) if loss == "clip" else critic.sigmoid(1.0, bias)) == pytest.approx(
        losses.floor, rel=1e-4
    )


def test_the_spectral_loss_in_its_best_units():
    graph, scores = drawn(3)
    losses = batch_losses(scores, graph, "spectral", 3, None, None)
    off = [scores.to_texts[i, j].item() ** 2 for i in range(len(scores.pairs)) for j in range(4) if j != i % 4]
    mean, square = scores.of_pairs.mean().item(), np.mean(off)
    assert losses.given == pytest.approx(-2 * mean + square, rel=1e-4)
    assert losses.best == pytest.approx(min(-1.0, -(max(mean, 0) ** 2) / square), rel=1e-4)
    assert losses.floor >= -3


def test_a_large_batch_has_fewer_anchors_and_all_its_negatives():
    graph = PairGraph(np.eye(400))
    rows = np.random.default_rng(0).standard_normal((400, 2)).astype(np.float32)
    for batch in (2, 300, 10_000):
        scores = BatchScores.drawn(graph, rows, rows, batch, 0)
        assert scores.to_texts.shape == scores.to_images.shape == (len(scores.pairs), batch)
        assert scores.to_texts.numel() <= 2**24
        assert len(scores.pairs) >= 800
