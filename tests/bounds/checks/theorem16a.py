import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks


def three_classes_unseen() -> Case:
    """At k = 1 all images of three equal classes tie: `K_cc = 2/9`, and `2 ε₂ = 4/3` for an error of 1."""
    return Case(PairGraph(0.7 * np.eye(3) + 0.1, [0, 1, 2]))


CHECKS = {"imbalance-error": Checks(three_classes_unseen, NO_LEFT_LABELS)}
