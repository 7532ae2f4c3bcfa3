import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import Case, Checks, two_nodes


def square(within: float, across: float) -> PairGraph:
    """Four images on a square, two of each class side by side; the sides within and across the classes have weights."""
    sides = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]).T / 2
    own_weight = 0.25 - (across + within) / 2
    joint = np.hstack([sides * [within, within, across, across], own_weight * np.eye(4)])
    return PairGraph(joint, [0, 0, 1, 1])


def classes_hold_together() -> Case:
    """σ_2 splits the square between the classes, σ_3 splits each class: the tail by leaks and diversity."""
    return Case(square(0.2, 0.15), 2)


def classes_hardly_connected() -> Case:
    """The top two vectors are the constant and the one that splits both classes: every image is a tie, and E = 1.

    The labels are the third vector. Its value is just below σ_2, so theorem 4 is almost an equality.
    """
    return Case(square(0.2 / 1.04, 0.2), 2)


def fewer_than_the_classes() -> Case:
    return Case(two_nodes(0.1), 1)


FEWER = (fewer_than_the_classes, "k >= r fails: k is 1 and 2 classes")

CHECKS = {
    "tail-by-connectivity": Checks(classes_hold_together, FEWER),
    "probe-error-by-connectivity": Checks(classes_hardly_connected, FEWER, within=0.05),
}
