"""Margins of multi-hop scores, which are polynomials of the walk applied to the labels.

All polynomials are combinations of the hops `T_j(2ĀĀᵀ - 1) Ỹ`.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import LabelledGraph
from pairbounds.theory.quantities.consistency import class_columns
from pairbounds.theory.quantities.multihop_consistency import Factor, column_blocks


def filtered_margins(graph: LabelledGraph, filters: Sequence[FloatArray]) -> list[FloatArray]:
    """Margins, (n_left,) each, of the multi-hop scores `D_L^{-1/2} q(ĀĀᵀ) Ỹ` for polynomials q.

    For `q = t^m` the scores of a node are the class distribution of the end of an m-step walk from it. The margin is
    the lead of its class (`pairbounds.theory.quantities.margins`), infinite for a single class. Through features the
    scores are `X̃ q(M) B`. The filters are the coefficients of q in the basis `T_j(2t - 1)`, j = 0..d.

    `ValueError`: the graph lacks labels on the left.

    Chebyshev's recurrence, whose round-off grows as d², over blocks of columns. Cost: O(d nnz r), and O(d n_left r) for
    each q, for r classes; memory about `pairbounds.theory.quantities.multihop_consistency.BLOCK_BYTES`, but at least
    d + 4 columns.
    """
    if not filters:
        return []
    mixing = np.zeros((len(filters), max(map(len, filters))))
    for row, coefficients in zip(mixing, filters, strict=True):
        row[: len(coefficients)] = coefficients
    pairs = graph.pair_graph
    own_scores, rival_scores = np.zeros((len(filters), pairs.n_left)), np.full((len(filters), pairs.n_left), -np.inf)
    label_columns = class_columns(pairs)
    targets, count = sp.csc_array(graph.weighted_targets), mixing.shape[1]
    for columns in column_blocks(targets.shape[1], (count + 2 * len(filters) + 4) * pairs.n_left):
        scores = graph.combined_at_nodes(mixing, _hops(graph.normalized, targets[:, columns], count))
        inside = np.flatnonzero(np.isin(label_columns, columns))  # other nodes have their own column in another block
        entries = slice(None), inside, label_columns[inside] - columns[0]
        own_scores[:, inside] = scores[entries]
        scores[entries] = -np.inf
        # For few columns, a copy with the columns first makes the maximum many times faster.
        np.maximum(rival_scores, scores.transpose(2, 0, 1).copy().max(axis=0), out=rival_scores)
    return list((own_scores - rival_scores) / np.sqrt(pairs.left_marginal))


def _hops(matrix: Factor, targets: sp.csc_array, count: int) -> FloatArray:
    """First `count` hops of targets, (count, n_left, b), by Chebyshev's recurrence."""
    hops = np.empty((count, *targets.shape))
    hops[0] = targets.toarray(order="C")
    for degree in range(1, count):
        hops[degree] = 2 * (matrix @ (matrix.T @ hops[degree - 1])) - hops[degree - 1]
        if degree > 1:
            hops[degree] = 2 * hops[degree] - hops[degree - 2]
    return hops
