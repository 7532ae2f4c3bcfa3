import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import Case, Checks

ZERO = np.zeros((1, 1))


def critic_of(graph: PairGraph, right_given_left: np.ndarray) -> Case:
    """The critic, as wide as the right side, whose `p_s(l | x)` are the rows of a matrix, zeros all but so."""
    scores = np.log(np.maximum(right_given_left, 1e-60) / graph.right_marginal)
    return Case(graph, 1, critic=(scores, np.eye(graph.n_right)))


def one_image_is_tied() -> Case:
    """Two images have a caption each, but the first at 1 in 5 that of the second; the critic sees the first tied."""
    graph = PairGraph([[0.8, 0.2], [0, 1]], [0, 1], [0, 1])
    return critic_of(graph, np.array([[0.5, 0.5], [0, 1]]))


def one_caption() -> Case:
    """Two images of two classes, and nothing to tell them apart by: each is a tie, and the critic is exact."""
    return Case(PairGraph([[1], [1]], [0, 1], [0]), 1, critic=(np.zeros((2, 1)), ZERO))


def others_of_both_classes() -> Case:
    """Three images share a caption: to each of the two of one class the others are one of either."""
    return Case(PairGraph([[1], [1], [1]], [0, 0, 1], [0]), 1, critic=(np.zeros((3, 1)), ZERO))


def unlabelled_critic() -> Case:
    graph = PairGraph(np.random.default_rng(0).random((3, 4)))
    return Case(graph, 1, critic=(np.ones((3, 2)), np.ones((4, 2))))


def without_labels_of_captions() -> Case:
    graph = PairGraph(np.random.default_rng(0).random((3, 4)), [0, 1, 0])
    return Case(graph, 1, critic=(np.ones((3, 2)), np.ones((4, 2))))


NO_LEFT_LABELS = (unlabelled_critic, "no left labels")
NO_RIGHT_LABELS = (without_labels_of_captions, "no right labels")

CHECKS = {
    "zero-shot-vote": Checks(one_image_is_tied, NO_RIGHT_LABELS),
    "zero-shot-vote-by-node": Checks(one_image_is_tied, NO_RIGHT_LABELS),
    "vote": Checks(one_caption, NO_LEFT_LABELS),
    "vote-by-node": Checks(one_caption, NO_LEFT_LABELS),
    "vote-of-others": Checks(others_of_both_classes, NO_LEFT_LABELS),
}
