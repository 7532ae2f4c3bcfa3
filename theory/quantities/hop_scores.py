"""Multi-hop scores: what a polynomial of the walk makes of the labels of induced pairs, and by what margin it is right.

Theorem 16 tries many polynomials, at several widths. All are combinations of the hops `T_j(2ĀĀᵀ - 1) Ỹ`, which depend
on the graph alone: they are computed once, and mixed by a matrix product.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, class_masses, required_labels, weighted_targets
from pairbounds.theory.quantities.hop_products import Factor, for_hops
from pairbounds.theory.quantities.label_blocks import by_class, column_blocks, first_half_hop

KEPT_BYTES = 2**27  # of the hops of all columns, which are kept with the graph
CACHED = 1 << 16  # scores mixed at a time: they are still in the cache when they are compared

# Kept here the hops live as long as the graph, and no longer.
_kept: WeakKeyDictionary[PairGraph, FloatArray] = WeakKeyDictionary()

# Where these would be too many, the margins that were asked for ahead are kept in their place.
_ahead: WeakKeyDictionary[PairGraph, dict[bytes, FloatArray]] = WeakKeyDictionary()


def filtered_margins(
    graph: PairGraph, filters: Sequence[FloatArray], ahead: Sequence[FloatArray] = ()
) -> list[FloatArray]:
    """Margins of the multi-hop scores `D_L^{-1/2} q(ĀĀᵀ) Ỹ` of some polynomials q, an (n_left,) for each.

    For `q = t^m` the scores of a node are the class distribution of the end of an m-step walk from it. The margin is
    how far that of its own class is ahead (`pairbounds.theory.quantities.margins`); infinite where there is no other
    class.

    Parameters
    ----------
    filters : arrays (d + 1,)
        q in the basis `T_j(2t - 1)`, j = 0..d.
    ahead : likewise
        What will be asked for next: where hops are too large to be kept, they are computed once for both.

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
    known = _ahead.get(graph, {})
    if all(q.tobytes() in known for q in filters):
        return [known[q.tobytes()] for q in filters]
    if _is_small(graph, max(map(len, filters))):
        return _margins(graph, filters)
    found = _margins(graph, [*filters, *ahead])
    _ahead[graph] = {q.tobytes(): margins for q, margins in zip(ahead, found[len(filters) :], strict=True)}
    return found[: len(filters)]


def _margins(graph: PairGraph, filters: Sequence[FloatArray]) -> list[FloatArray]:
    mixing = np.zeros((len(filters), max(map(len, filters))))
    for row, coefficients in zip(mixing, filters, strict=True):
        row[: len(coefficients)] = coefficients
    hopped = _Hopped.of(graph, mixing.shape[1])
    mine, others = np.zeros((len(filters), graph.n_left)), np.full((len(filters), graph.n_left), -np.inf)
    for columns, hops in hopped.blocks():
        step = max(1, CACHED // (len(filters) * len(columns)))
        for first in range(0, graph.n_left, step):
            rows = slice(first, first + step)
            scores = np.tensordot(mixing, hops[:, rows], axes=1)
            _compare(scores, hopped.own[rows] - columns[0], mine[:, rows], others[:, rows])
        del hops  # or those of two blocks would be held while the next are computed
    margins = np.empty_like(mine)
    margins[:, hopped.nodes] = mine - others
    return list(margins / np.sqrt(graph.left_marginal))


def _compare(scores: FloatArray, own: IntArray, mine: FloatArray, others: FloatArray) -> None:
    """Take from scores (q, n, b) that of each node's own column into `mine`, and the best of the rest into `others`.

    Both are (q, n); a node whose own column is not in 0..b - 1 has it in another block. The scores are used up.
    """
    inside = np.flatnonzero((own >= 0) & (own < scores.shape[2]))
    place = slice(None), inside, own[inside]
    mine[:, inside] = scores[place]
    scores[place] = -np.inf
    np.maximum(others, scores.max(axis=2), out=others)


def _is_small(graph: PairGraph, count: int) -> bool:
    """Return whether so many hops of all columns are kept with the graph."""
    return 8 * count * graph.n_left * len(class_masses(graph)) <= KEPT_BYTES


@dataclass(frozen=True, eq=False)
class _Hopped:
    """`T_j(2ĀĀᵀ - 1) Ỹ`, j = 0..count - 1.

    Attributes
    ----------
    nodes : (n_left,), the left node of each row
    own : (n_left,), the column of its class
    kept : (count, n_left, r), or more of them, where they are small
    """

    matrix: Factor
    targets: sp.csc_array
    nodes: IntArray
    own: IntArray
    count: int
    kept: FloatArray | None = None

    @classmethod
    def of(cls, graph: PairGraph, count: int) -> Self:
        """Kept with the graph, for other filters and widths, where all take at most `KEPT_BYTES`."""
        own = class_indicators(required_labels(graph, "left")).indices.astype(np.int64)
        targets = sp.csc_array(weighted_targets(graph))
        if not _is_small(graph, count):
            matrix, targets, nodes = by_class(graph)
            return cls(matrix, targets, nodes, own[nodes], count)
        known = _kept[graph] if graph in _kept else targets.toarray(order="C")[None]
        if len(known) < count:
            known = _kept[graph] = _continued(for_hops(graph), targets, known, count)
        return cls(for_hops(graph), targets, np.arange(graph.n_left), own, count, known)

    def blocks(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """The classes of a block, (b,), and its hops, (count, n_left, b), block by block."""
        size, classes = self.targets.shape
        if self.kept is not None:
            yield np.arange(classes), self.kept[: self.count]
            return
        for columns in column_blocks(classes, (self.count + 3) * size):
            block = self.targets[:, columns]
            yield columns, _continued(self.matrix, block, block.toarray(order="C")[None], self.count)


def _continued(matrix: Factor, targets: sp.csc_array, begun: FloatArray, count: int) -> FloatArray:
    """The first `count` blocks, (count, n_left, b), from the first few of them, by Chebyshev's recurrence.

    The very first are the targets.
    """
    hops = np.empty((count, *begun.shape[1:]))
    hops[: len(begun)] = begun
    step = max(1, CACHED // begun.shape[2])
    for degree in range(len(begun), count):
        half = matrix.T @ hops[degree - 1] if degree > 1 else first_half_hop(matrix, targets)
        product = matrix @ half
        for first in range(0, len(product), step):
            rows = slice(first, first + step)
            now = np.multiply(product[rows], 2, out=hops[degree, rows])
            now -= hops[degree - 1, rows]
            if degree > 1:
                now *= 2
                now -= hops[degree - 2, rows]
    return hops
