"""The labels Ỹ, and the pairs beside them, a block of classes at a time.

Of many classes an array (n_left, r) is more than memory has. What walks do to the columns of Ỹ they do to each alone.
"""

from collections.abc import Iterator
from typing import cast

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import weighted_targets
from pairbounds.theory.quantities.hop_products import Factor, for_hops

BLOCK_BYTES = 3 * 2**28  # of the vectors of some columns of Ỹ


def by_class(graph: PairGraph) -> tuple[Factor, sp.csc_array, IntArray]:
    """Ā and Ỹ with the left nodes of a class together, and the right ones by the class that has most of their mass.

    With them the left node of each row. Products then find most of what they read in the cache. A matrix that is known
    by its products is left as it is, and so is a dense one (`pairbounds.theory.quantities.hop_products`), whose
    products are those of blocks.
    """
    targets, matrix = weighted_targets(graph), for_hops(graph)
    if not sp.issparse(cast(object, matrix)):
        return matrix, sp.csc_array(targets), np.arange(graph.n_left)
    by_class = sp.csc_array(targets.T @ matrix)
    masses = np.lexsort((by_class.data, np.repeat(np.arange(graph.n_right), np.diff(by_class.indptr))))
    rows = np.argsort(targets.indices, kind="stable")
    columns = np.argsort(by_class.indices[masses[by_class.indptr[1:] - 1]], kind="stable")
    return sp.csr_array(matrix[rows][:, columns]), sp.csc_array(targets[rows]), rows


def first_half_hop(matrix: Factor, block: sp.csc_array) -> FloatArray:
    """`Āᵀ X` of some columns X of Ỹ, (n_right, b): sparse, as a node is of one class and its pairs are read once."""
    if not sp.issparse(cast(object, matrix)):
        return np.asarray(matrix.T @ block.toarray(order="C"))
    return np.asarray(sp.csr_array(matrix.T @ block).toarray(order="C"))


def column_blocks(count: int, floats: int) -> list[IntArray]:
    """The columns of Ỹ, as many together as take at most `BLOCK_BYTES` at so many floats each, but at least one."""
    width = max(1, BLOCK_BYTES // (floats * np.dtype(np.float64).itemsize))
    return np.array_split(np.arange(count), -(-count // width))


def target_blocks(graph: PairGraph, held: int) -> Iterator[tuple[IntArray, FloatArray]]:
    """Ỹ in blocks of columns, (b,) and (n_left, b): `held` arrays like one take at most `BLOCK_BYTES`, or b is 1."""
    targets = sp.csc_array(weighted_targets(graph))
    for columns in column_blocks(targets.shape[1], held * graph.n_left):
        yield columns, targets[:, columns].toarray(order="C")
