import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_RIGHT_LABELS, Case, Checks, tie


def half_of_every_image_astray() -> Case:
    """Three classes, two images each; half of an image is in its own cell, half outvoted in another.

    The probe predicts the class of the cell. Every view in a foreign cell is wrong, every image is a tie:
    E_views = 1/2, α = 0 and E_image = 1.
    """
    classes = np.repeat([0, 1, 2], 2)
    strays = (classes + 1 + np.tile([0, 1], 3)) % 3
    cells = np.column_stack([classes, strays]).ravel()
    joint = np.kron(np.eye(6), np.ones((2, 1)))
    return Case(PairGraph(joint, np.repeat(classes, 2), classes), 3, np.eye(3)[cells])


CHECKS = {
    "image-error": Checks(half_of_every_image_astray, NO_RIGHT_LABELS),
    "image-error-by-pairs": Checks(tie, NO_RIGHT_LABELS, value=4 * 0.18 / 0.36 + 2 * 0.1),
    "image-error-haochen": Checks(tie, NO_RIGHT_LABELS, value=2 * 0.18 / 0.36 + 8 * 0.1),
}
