from math import sqrt

import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks, disconnected, tie, two_nodes


def both_bits(second: float, excess: float) -> Case:
    """Two independent bits, of four images one has both: class 1. σ is 1, 0.9, `second` and their product; k = 3.

    The features are the optimum but for `√excess` less in the place of σ_3. In the basis of the bits the labels have
    the coordinates (3/4, 1/4) and three times (1/4, -1/4): the energies are 5/8, 1/8, 1/8, and 1/8 beyond k.
    """
    joint = np.kron(two_nodes(0.05).joint.toarray(), two_nodes((1 - second) / 2).joint.toarray())
    signs = np.column_stack([np.ones(4), np.repeat([1.0, -1.0], 2), np.tile([1.0, -1.0], 2)])
    return Case(PairGraph(joint, [0, 0, 0, 1]), 3, (signs, signs * [1, 0.9, second - sqrt(excess)]))


def largest_eigenvalue(constant: float, bits: float) -> float:
    """The larger eigenvalue of `constant (3/4, 1/4)ᵀ(3/4, 1/4) + bits (1/4, -1/4)ᵀ(1/4, -1/4)`."""
    first, last, mixed = (9 * constant + bits) / 16, (constant + bits) / 16, (3 * constant - bits) / 16
    return (first + last) / 2 + sqrt((first - last) ** 2 / 4 + mixed**2)


NO_GAP_AT_K = (disconnected, "σ_k > σ_")

CHECKS = {
    "trained-mse": Checks(tie, NO_LEFT_LABELS),
    "trained-error": Checks(tie, NO_LEFT_LABELS),
    "trained-error-by-margins": Checks(tie, NO_GAP_AT_K),
    "trained-mse-below": Checks(tie, NO_GAP_AT_K),
}
