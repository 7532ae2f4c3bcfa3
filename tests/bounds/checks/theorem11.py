from math import cosh, log

import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, NO_RIGHT_EMBEDDING, NO_RIGHT_LABELS, Case, Checks, two_nodes
from tests.families import block_diagonal

AGAINST = np.array([[1.0], [-1.0]]), np.array([[-1.0], [1.0]])  # both images away from their own captions


def one_caption_for_each_class() -> Case:
    """The class is the caption: nothing is lost in the mean of a class, and InfoNCE is the cross-entropy."""
    return Case(two_nodes(0.1), 1, AGAINST)


def captions_far_from_their_mean() -> Case:
    """Two captions of one class, opposite each other; each of the two images has one of them."""
    return Case(PairGraph(np.eye(2), [0, 0], [0, 0]), 1, (np.array([[1.0], [-1.0]]), -np.array([[1.0], [-1.0]])))


def pairs_inside_a_class() -> Case:
    """One class, whose cross-entropy is 0. InfoNCE is 0.8 + log cosh 1, both variances are 1, and √λ₂ is 0.8."""
    return Case(PairGraph([[0.9, 0.1], [0.1, 0.9]], [0, 0], [0, 0]), 1, AGAINST)


def a_row_of_norm_zero() -> Case:
    return Case(two_nodes(0.1), 1, (np.array([[1.0], [0.0]]), np.ones((2, 1))))


def opposite_views() -> Case:
    """One class of two views, embedded along the second eigenvector of its pairs."""
    return Case(PairGraph([[0.9, 0.1], [0.1, 0.9]], [0, 0]), 1, np.array([[1.0], [-1.0]]))


def halfway_to_both_neighbours() -> Case:
    """Class 0 has two views, each halfway between its mean and that of another class: every one of them is a tie."""
    joint = block_diagonal([0.4 * np.array([[0.9, 0.1], [0.1, 0.9]]), 0.3, 0.3])
    return Case(PairGraph(joint, [0, 0, 1, 2]), 1, np.array([[-1.0], [1.0], [-2.0], [2.0]]))


NO_DIRECTION = (a_row_of_norm_zero, "f has no direction on the sphere in 1 row ")

CHECKS = {
    "mean-classifier-any": Checks(
        one_caption_for_each_class, (captions_far_from_their_mean, "two classes on the right")
    ),
    "cross-entropy-by-infonce": Checks(one_caption_for_each_class, NO_RIGHT_LABELS),
    "cross-entropy-by-connectivity": Checks(
        pairs_inside_a_class,
        (one_caption_for_each_class, "consistent labels fail: α is 0.1"),
        value=0.8 + log(cosh(1)) + 0.8,
    ),
    "cross-entropy-below": Checks(one_caption_for_each_class, NO_DIRECTION),
    "infonce-by-uniformity": Checks(one_caption_for_each_class, NO_RIGHT_EMBEDDING),
    "class-variance": Checks(opposite_views, NO_LEFT_LABELS),
    "nearest-mean": Checks(halfway_to_both_neighbours, NO_LEFT_LABELS),
}
