import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import Case, Checks, disconnected, two_nodes


def two_copies() -> Case:
    """Two components, σ = 1, 1, 0.8, 0.8: at k = 2 nothing but constants is known, and counting knows σ_3 exactly."""
    return Case(PairGraph(np.kron(np.eye(2), two_nodes(0.1).joint.toarray()), [0, 1, 0, 1]), 2)


MORE_COMPONENTS = (disconnected, "5 components, more than k")

CHECKS = {"counted-mse": Checks(two_copies, MORE_COMPONENTS)}
