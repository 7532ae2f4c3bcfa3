import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_RIGHT_EMBEDDING, Case, Checks


def two_opposite_nodes() -> Case:
    """Two pairs whose features are 1 and -1: every other node is as far as the range allows."""
    features = np.array([[1.0], [-1.0]])
    return Case(PairGraph(np.eye(2)), 1, (features, features))


CHECKS = {"infonce-by-range": Checks(two_opposite_nodes, NO_RIGHT_EMBEDDING)}
