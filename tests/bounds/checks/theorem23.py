import numpy as np

from tests.bounds.checks.check import Case, Checks, two_nodes
from theory import PairGraph
from theory.worst_case import NODES_LIMIT


def constants_alone() -> Case:
    """The worst target tells the two images apart: of error 1, its variation is `2 (1 - 0.8²)`."""
    return Case(two_nodes(0.1))


def too_many_nodes() -> Case:
    return Case(PairGraph(np.ones((NODES_LIMIT + 1, 2)), np.zeros(NODES_LIMIT + 1, dtype=int)), 1)


CHECKS = {
    "missed-variation": Checks(constants_alone, (too_many_nodes, f"{NODES_LIMIT + 1} left nodes are more")),
}
