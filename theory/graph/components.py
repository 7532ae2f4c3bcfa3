"""The connected components of a graph: each is a singular value of 1, known without computing any."""

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph


def components(graph: PairGraph) -> tuple[IntArray, IntArray]:
    """The component of each left node, (n_left,), and of each right one, (n_right,), numbered 0.. .

    Linear in the pairs. Every node has a pair, so that no component is on one side alone.
    """
    rows, columns = graph.joint.tocoo().coords
    both = sum(graph.joint.shape)
    square = sp.coo_array((np.ones(len(rows)), (rows, graph.n_left + columns)), shape=(both, both))
    _, component = sp.csgraph.connected_components(square, directed=False)
    numbers = component.astype(np.int64)
    return numbers[: graph.n_left], numbers[graph.n_left :]


def left_components(graph: PairGraph) -> IntArray:
    """The component of each left node, (n_left,), numbered 0.. ; linear in the pairs."""
    return components(graph)[0]


def component_count(graph: PairGraph) -> int:
    """Number of components of the graph: the multiplicity of the singular value 1."""
    return int(left_components(graph).max()) + 1


def component_features(graph: PairGraph, count: int) -> FloatArray:
    """The optimum's features where its value is 1, (components, c), c at most `count` and one a component.

    The left vectors of value 1 are `√p_L(x)` times the row of x's component, orthonormal, and so are the right ones.
    The first column is 1. The others are the rotation of the components' own vectors by the Householder reflection
    that brings `√p` there: with fewer columns than components, the last components share a row. Rounded, but for the
    first column; nothing of it hangs on a solver.
    """
    lengths = np.sqrt(np.bincount(left_components(graph), weights=graph.left_marginal))
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
    rows = component_features(graph, count).T[:, components(graph)[smaller_is_right]]
    return np.asarray(rows * roots)
