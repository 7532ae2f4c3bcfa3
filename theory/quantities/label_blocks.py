"""The labels Ỹ, a block of classes at a time, and the matrix Ā that walks multiply them by.

Of many classes an array (n_left, r) is more than memory has. What walks do to the columns of Ỹ they do to each alone.
"""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.remembered import once
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.quantities.consistency import weighted_targets
from pairbounds.theory.spectrum.triplets import is_filled

BLOCK_BYTES = 3 * 2**27  # of the vectors of some columns of Ỹ
PLACES = 4_000_000  # of a dense copy of Ā, which lives as long as the graph: 32 MB

Factor = sp.csr_array | FloatArray


def for_hops(graph: LabelledGraph) -> Factor:
    """Ā, (n_left, n_right): as the graph has it, or dense where it is small and filled enough for faster products."""
    if not isinstance(graph, PairGraph):
        return graph.normalized
    matrix = graph.normalized
    if _is_sparse(matrix) and graph.n_left * graph.n_right <= PLACES and is_filled(matrix):
        return _dense(graph)
    return matrix


@once
def _dense(graph: PairGraph) -> FloatArray:
    return graph.normalized.toarray()


def _is_sparse(matrix: object) -> bool:
    """Return `False` for a dense matrix, and for one that is known by its products alone."""
    return bool(sp.issparse(matrix))


def first_half_hop(matrix: Factor, block: sp.csc_array) -> FloatArray:
    """`Āᵀ X` of some columns X of Ỹ, (n_right, b): sparse, as a node is of one class and its pairs are read once."""
    if not _is_sparse(matrix):
        return np.asarray(matrix.T @ block.toarray(order="C"))
    return np.asarray(sp.csr_array(matrix.T @ block).toarray(order="C"))


def column_blocks(count: int, floats: int) -> list[IntArray]:
    """The columns of Ỹ, as many together as take at most `BLOCK_BYTES` at so many floats each, but at least one."""
    width = max(1, BLOCK_BYTES // (floats * np.dtype(np.float64).itemsize))
    return np.array_split(np.arange(count), -(-count // width))


def target_blocks(graph: PairGraph, count: int) -> Iterator[tuple[IntArray, FloatArray]]:
    """Ỹ in blocks of columns, (b,) and (n_left, b): `count` arrays like one take at most `BLOCK_BYTES`, or b is 1."""
    targets = sp.csc_array(weighted_targets(graph))
    for columns in column_blocks(targets.shape[1], count * graph.n_left):
        yield columns, targets[:, columns].toarray(order="C")
