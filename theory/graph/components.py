"""The connected components of a graph: each is a singular value of 1, known without computing any."""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph


def component_count(graph: PairGraph) -> int:
    """Number of components, each with nodes on both sides: the multiplicity of the singular value 1."""
    return int(graph.components[0].max()) + 1


def component_features(graph: PairGraph, count: int) -> FloatArray:
    """The optimum's features where its value is 1, (components, c), c at most `count` and one a component.

    The left vectors of value 1 are `√p_L(x)` times the row of x's component, orthonormal, and so are the right ones.
    The first column is 1. The others are the rotation of the components' own vectors by the Householder reflection
    that brings `√p` there: with fewer columns than components, the last components share a row. Rounded, but for the
    first column; nothing of it hangs on a solver.
    """
    lengths = np.sqrt(np.bincount(graph.components[0], weights=graph.left_marginal))
    known = min(count, len(lengths))
    axis = lengths.copy()
    axis[0] += 1.0  # the reflection of the first unit vector to -lengths, without cancellation
    features = (np.eye(len(lengths), known) - np.outer(axis, axis[:known] / axis[0])) / lengths[:, None]
    features[:, 0] = 1.0
    return np.asarray(features)


def component_roots(graph: PairGraph, count: int) -> FloatArray:
    """Orthonormal singular vectors of value 1, as rows, on the smaller side: at most `count`, or one a component."""
    smaller_is_right = graph.n_right <= graph.n_left
    roots = np.sqrt(graph.right_marginal if smaller_is_right else graph.left_marginal)
    return np.asarray(component_features(graph, count).T[:, graph.components[smaller_is_right]] * roots)
