"""Multi-hop scores: a polynomial of the walk applied to the labels, and the margin by which a node's class leads.

Theorem 16 tries many polynomials, at several widths. All are combinations of the hops `T_j(2ĀĀᵀ - 1) Ỹ`, which depend
on the graph alone: they are computed once, and mixed by a matrix product.
"""

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, class_masses, required_labels, weighted_targets
from pairbounds.theory.quantities.label_blocks import Factor, by_class, column_blocks, first_half_hop, for_hops

KEPT_BYTES = 2**27  # of the hops of all columns, which are kept with the graph
FEW = 48  # columns: of so many the maximum is faster across rows, with a copy, than along them

# Kept here the hops live as long as the graph, and no longer.
_kept: WeakKeyDictionary[PairGraph, FloatArray] = WeakKeyDictionary()


def filtered_margins(graph: PairGraph, filters: Sequence[FloatArray]) -> list[FloatArray]:
    """Margins of the multi-hop scores `D_L^{-1/2} q(ĀĀᵀ) Ỹ` of some polynomials q, an (n_left,) for each.

    For `q = t^m` the scores of a node are the class distribution of the end of an m-step walk from it. The margin is
    how far that of its own class is ahead (`pairbounds.theory.quantities.margins`); infinite where there is no other
    class.

    Parameters
    ----------
    filters : arrays (d + 1,)
        q in the basis `T_j(2t - 1)`, j = 0..d.

    Raises
    ------
    ValueError
        The graph lacks labels on the left.

    Notes
    -----
    Chebyshev's recurrence, in which round-off does not grow but with d², over blocks of columns. Cost: O(d nnz r) and
    O(d n_left r) for each q, for r classes; memory little more than
    `pairbounds.theory.quantities.label_blocks.BLOCK_BYTES`, but at least d + 4 columns. Where the hops are small they
    are kept with the graph, and only the second cost is paid again.
    """
    if not filters:
        return []
    mixing = np.zeros((len(filters), max(map(len, filters))))
    for row, coefficients in zip(mixing, filters, strict=True):
        row[: len(coefficients)] = coefficients
    mine, others = np.zeros((len(filters), graph.n_left)), np.full((len(filters), graph.n_left), -np.inf)
    nodes, blocks = _hops(graph, mixing.shape[1])
    own = class_indicators(required_labels(graph, "left")).indices.astype(np.int64)[nodes]
    for columns, hops in blocks:
        for rows in row_blocks(graph.n_left, len(filters) * len(columns)):
            scores = np.tensordot(mixing, hops[:, rows], axes=1)
            _compare(scores, own[rows] - columns[0], mine[:, rows], others[:, rows])
        del hops  # or those of two blocks would be in memory while the next are computed
    margins = np.empty_like(mine)
    margins[:, nodes] = mine - others
    return list(margins / np.sqrt(graph.left_marginal))


def _compare(scores: FloatArray, own: IntArray, mine: FloatArray, others: FloatArray) -> None:
    """Take from scores (q, n, b) that of each node's own column into `mine`, and the best of the rest into `others`.

    Both are (q, n); a node whose own column is not in 0..b - 1 has it in another block. The scores are used up.
    """
    inside = np.flatnonzero((own >= 0) & (own < scores.shape[2]))
    place = slice(None), inside, own[inside]
    mine[:, inside] = scores[place]
    scores[place] = -np.inf
    few = scores.shape[2] <= FEW
    best = scores.transpose(2, 0, 1).copy().max(axis=0) if few else scores.max(axis=2)
    np.maximum(others, best, out=others)


def _hops(graph: PairGraph, count: int) -> tuple[IntArray, Iterator[tuple[IntArray, FloatArray]]]:
    """The left node of each row, and `T_j(2ĀĀᵀ - 1) Ỹ`, j = 0..count - 1, by blocks of classes.

    A block is its classes, (b,), and the hops, (count, n_left, b). Where all hops take at most `KEPT_BYTES` they are
    one block, kept with the graph for other filters and widths.
    """
    classes = len(class_masses(graph))
    if 8 * count * graph.n_left * classes > KEPT_BYTES:
        matrix, targets, nodes = by_class(graph)
        parts = column_blocks(classes, (count + 3) * graph.n_left)
        return nodes, ((columns, _continued(matrix, targets[:, columns], None, count)) for columns in parts)
    known = _kept.get(graph)
    if known is None or len(known) < count:
        known = _kept[graph] = _continued(for_hops(graph), sp.csc_array(weighted_targets(graph)), known, count)
    return np.arange(graph.n_left), iter([(np.arange(classes), known[:count])])


def _continued(matrix: Factor, targets: sp.csc_array, begun: FloatArray | None, count: int) -> FloatArray:
    """The first `count` hops of some targets, (count, n_left, b), from the first few, by Chebyshev's recurrence."""
    if begun is None:
        begun = targets.toarray(order="C")[None]
    hops = np.empty((count, *begun.shape[1:]))
    hops[: len(begun)] = begun
    for degree in range(len(begun), count):
        half = matrix.T @ hops[degree - 1] if degree > 1 else first_half_hop(matrix, targets)
        product = matrix @ half
        for rows in row_blocks(*product.shape):
            now = np.multiply(product[rows], 2, out=hops[degree, rows])
            now -= hops[degree - 1, rows]
            if degree > 1:
                now *= 2
                now -= hops[degree - 2, rows]
    return hops
