"""The connected components of a graph: each is a singular value of 1, known without computing any."""

import numpy as np
import scipy.sparse as sp

from theory.graph import PairGraph
from theory.infrastructure.arrays import FloatArray, IntArray


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
    """How many components the graph has: the multiplicity of the singular value 1."""
    return int(left_components(graph).max()) + 1


def component_roots(graph: PairGraph, count: int) -> FloatArray:
    """Orthonormal singular vectors of value 1, as rows, on the smaller side: at most `count`, or one a component.

    On a component, `√p` is such a vector. The first row is `√p` of the whole graph, and the others are the rotation of
    the components' by the Householder reflection that brings it there.
    """
    smaller_is_right = graph.n_right <= graph.n_left
    component = components(graph)[smaller_is_right]
    roots = np.sqrt(graph.right_marginal if smaller_is_right else graph.left_marginal)
    lengths = np.sqrt(np.bincount(component, weights=roots**2))
    known = np.zeros((min(count, len(lengths)), len(roots)))
    known[0] = roots
    axis = lengths.copy()
    axis[0] += 1.0  # the reflection of the first unit vector to -lengths, without cancellation
    mixed = roots / lengths[component] * axis[component]
    for number in range(1, len(known)):
        inside = component == number
        known[number] = np.where(inside, roots / lengths[number], 0) - axis[number] / axis[0] * mixed
    return known
