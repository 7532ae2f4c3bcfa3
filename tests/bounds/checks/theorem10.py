import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_RIGHT_EMBEDDING, Case, Checks


def pointwise_mutual_information() -> Case:
    """Scores that are log P(x, l) / (p_L(x) p_R(l)), as an embedding as wide as the right side."""
    graph = PairGraph(np.random.default_rng(0).random((4, 3)) + 0.1, [0, 1, 0, 1], [0, 1, 0])
    independent = np.outer(graph.left_marginal, graph.right_marginal)
    return Case(graph, 3, (np.log(graph.joint.toarray() / independent), np.eye(3)))


CHECKS = {"infonce-entropy": Checks(pointwise_mutual_information, NO_RIGHT_EMBEDDING)}
