"""Ā as half hops take it: dense where many pairs are there.

A dense product meets every place, at the speed of the processor, and a sparse one the entries alone, at that of memory:
where enough places have one (`pairbounds.theory.spectrum.dense_triplets.is_filled`), the dense product is the faster.
"""

from typing import cast

import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.remembered import once_per_graph
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.dense_triplets import is_filled

PLACES = 4_000_000  # of a dense copy, which lives as long as the graph: 32 MB

Factor = sp.csr_array | FloatArray


def for_hops(graph: PairGraph) -> Factor:
    """Ā, (n_left, n_right): `graph.normalized` as it is, or a dense copy where products with it are faster."""
    matrix = graph.normalized
    known_by_entries = sp.issparse(cast(object, matrix))
    if known_by_entries and graph.n_left * graph.n_right <= PLACES and is_filled(matrix):
        return _dense(graph)
    return matrix


@once_per_graph
def _dense(graph: PairGraph) -> FloatArray:
    return graph.normalized.toarray()
