"""The connected components of a graph: each is a singular value of 1, known without computing any."""

import numpy as np
import scipy.sparse as sp

from theory.graph import PairGraph
from theory.infrastructure.arrays import IntArray


def left_components(graph: PairGraph) -> IntArray:
    """The component of each left node, (n_left,), numbered 0.. ; linear in the pairs.

    Every right node has a pair, so that no component is on the right alone.
    """
    rows, columns = graph.joint.tocoo().coords
    both = sum(graph.joint.shape)
    square = sp.coo_array((np.ones(len(rows)), (rows, graph.n_left + columns)), shape=(both, both))
    _, component = sp.csgraph.connected_components(square, directed=False)
    return np.asarray(np.unique(component[: graph.n_left], return_inverse=True)[1], dtype=np.int64)


def component_count(graph: PairGraph) -> int:
    """How many components the graph has: the multiplicity of the singular value 1."""
    return int(left_components(graph).max()) + 1
