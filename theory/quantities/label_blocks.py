"""Blocks of columns of the labels Ỹ, which bound the memory of walks, and the matrix Ā of these walks."""

import math
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, once
from pairbounds.theory.graph.pair_graph import LabelledGraph, PairGraph
from pairbounds.theory.spectrum.triplets import is_filled

BLOCK_BYTES = 3 * 2**27  # limit on the vectors of a block of columns of Ỹ
PLACES = 4_000_000  # most entries of a cached dense copy of Ā: 32 MB

Factor = sp.csr_array | FloatArray


def for_hops(graph: LabelledGraph) -> Factor:
    """Ā, (n_left, n_right), as a dense array if it is small and filled enough for faster products."""
    matrix = graph.normalized
    if sp.issparse(matrix) and math.prod(graph.shape) <= PLACES and is_filled(matrix):
        return _dense(graph)
    return matrix


@once
def _dense(graph: LabelledGraph) -> FloatArray:
    return sp.csr_array(graph.normalized).toarray()


def first_half_hop(matrix: Factor, block: sp.csc_array) -> FloatArray:
    """`Āᵀ X`, (n_right, b), for columns X of Ỹ: a sparse product, since each node has one class."""
    if not sp.issparse(matrix):
        return np.asarray(matrix.T @ block.toarray(order="C"))
    return np.asarray(sp.csr_array(matrix.T @ block).toarray(order="C"))


def column_blocks(count: int, floats: int) -> list[IntArray]:
    """Blocks of columns of Ỹ, of at most `BLOCK_BYTES` at `floats` numbers a column, but at least one column."""
    width = max(1, BLOCK_BYTES // (floats * np.dtype(np.float64).itemsize))
    return np.array_split(np.arange(count), -(-count // width))


def target_blocks(graph: PairGraph, count: int) -> Iterator[FloatArray]:
    """Blocks of Ỹ, (n_left, b): `count` arrays of this size take at most `BLOCK_BYTES`, or b is 1."""
    targets = sp.csc_array(graph.weighted_targets)
    for columns in column_blocks(targets.shape[1], count * graph.n_left):
        yield targets[:, columns].toarray(order="C")
