import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, NO_RIGHT_LABELS, Case, Checks, changed

ZERO = np.zeros((1, 1))


def critic_of(graph: PairGraph, right_given_left: np.ndarray) -> Case:
    """The critic with the rows of a matrix as its `p_s(l | x)`, as wide as the right side; zeros are approximate."""
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


CRITIC = np.ones((6, 2)), np.ones((5, 2))
WITHOUT_LEFT, WITHOUT_RIGHT = (changed(violated, critic=CRITIC) for violated in (NO_LEFT_LABELS, NO_RIGHT_LABELS))

CHECKS = {
    "zero-shot-vote": Checks(one_image_is_tied, WITHOUT_RIGHT),
    "zero-shot-vote-by-node": Checks(one_image_is_tied, WITHOUT_RIGHT),
    "vote": Checks(one_caption, WITHOUT_LEFT),
    "vote-by-node": Checks(one_caption, WITHOUT_LEFT),
    "vote-of-others": Checks(others_of_both_classes, WITHOUT_LEFT),
}
