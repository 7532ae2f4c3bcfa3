"""Theorem 40: the caption vote against naive loops, and its leave-one-out form."""

import numpy as np
import pytest

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.theory.bounds import theorem40_caption_vote as theorem
from pairbounds.theory.bounds.theorem40_caption_vote import caption_vote
from tests.families import GRAPHS, block_diagonal, family_graph


def naive_scores(graph: PairGraph, leave_one_out: bool) -> np.ndarray:
    """The vote of each image by loops over captions and images; rows of zeros without votes."""
    joint, classes = graph.joint.toarray(), np.unique(graph.left_labels)
    scores = np.zeros((graph.n_left, len(classes)))
    for x in range(graph.n_left):
        for caption in np.flatnonzero(joint[x]):
            column = joint[:, caption].copy()
            column[x] *= not leave_one_out
            votes = [column[graph.left_labels == c].sum() for c in classes]
            if column.any():
                scores[x] += joint[x, caption] / joint[x].sum() * np.array(votes) / column.sum()
    return scores


@pytest.mark.parametrize("family", GRAPHS)
@pytest.mark.parametrize("leave_one_out", [False, True])
def test_the_vote_is_that_of_naive_loops(family, leave_one_out, monkeypatch):
    monkeypatch.setattr(theorem, "BLOCK", 7)
    graph = family_graph(family)
    class_of = np.unique(graph.left_labels, return_inverse=True)[1]
    scores, onehot = naive_scores(graph, leave_one_out), np.eye(class_of.max() + 1)[class_of]
    vote, p = caption_vote(graph, leave_one_out=leave_one_out), graph.left_marginal
    assert vote.mse == pytest.approx(p @ np.sum((scores - onehot) ** 2, axis=1), abs=1e-10)
    leads = scores[onehot == 1] - np.where(onehot == 1, -np.inf, scores).max(axis=1)
    assert abs(vote.error - p @ (leads < 0)) <= p @ (abs(leads) < 1e-9) + 1e-12


def test_distinct_captions_have_vote_error_0_and_error_1_without_the_image_itself():
    graph = PairGraph(np.eye(4), [0, 1, 0, 1])
    assert caption_vote(graph).mse == 0
    assert (caption_vote(graph).error, caption_vote(graph, leave_one_out=True).error) == (0, 1)
    shared = PairGraph(np.ones((4, 1)), [0, 0, 0, 1])
    assert [caption_vote(shared, leave_one_out=left_out).error for left_out in (False, True)] == [0.25, 0.25]
    pair = PairGraph(np.ones((2, 1)), [0, 1])  # each image hears the other alone
    assert caption_vote(pair, leave_one_out=True).error == 1


@pytest.mark.parametrize("seed", range(5))
def test_ties_up_to_round_off_are_errors(seed):
    """Three images of one class share each caption equally with one image of the other class."""
    rows = np.random.default_rng(seed).random((3, 7))
    tied = np.vstack([rows, rows.sum(axis=0)])
    assert caption_vote(PairGraph(tied, [0, 0, 0, 1])).error == 1
    beside = block_diagonal([tied, [[1e6]]])  # a heavy image makes no difference to them
    assert caption_vote(PairGraph(beside, [0, 0, 0, 1, 0])).error == pytest.approx(tied.sum() / beside.sum())
    assert caption_vote(PairGraph(np.diag([1, 1e-18]), [0, 1])).error == 0


def test_check_prints_the_vote_and_says_that_it_is_not_zero_shot(call, tmp_path):
    graph = family_graph("latent_captions", 1)
    graph.save(tmp_path / "graph.npz")
    text = " ".join(call(app, "check", tmp_path / "graph.npz", "--k", 3)[1].split())
    errors = [caption_vote(graph, leave_one_out=left_out).error for left_out in (False, True)]
    assert "wrong on {:.1%}, and without an image's own pairs on {:.1%}.".format(*errors) in text
    assert "it is not zero-shot" in text
