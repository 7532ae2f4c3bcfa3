import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks


def outvoted() -> Case:
    """Two captions with two images of one class and one of the other: the one is wrong, and any walk says so.

    `ε₂ = 4/9`, so that theorem 15 has no less than 8/9 for an error of 1/3.
    """
    return Case(PairGraph(np.kron(np.eye(2), np.ones((3, 1))), [0, 0, 1, 1, 1, 0]), 2)


CHECKS = {"local-multihop-error": Checks(outvoted, NO_LEFT_LABELS)}
