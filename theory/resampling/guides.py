"""Guides: features of the left nodes, their nearest neighbours, and the pair graph of these."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.probes import as_features

BLOCK = 4_000_000  # similarities held at once
DIGITS = 12  # computed similarities that agree to so many decimals are equal: round-off decides nothing

Similarity = Callable[[IntArray, IntArray], FloatArray]


def guide_graph(graph: PairGraph, guide: Any, *, count: int = 1) -> PairGraph:
    """The guide's own pairs over the left side of a graph, with its left marginal: nearest neighbours.

    A right node joins a left node and one of its `count` most similar ones; of equal ones the first are chosen. A left
    node spreads its mass evenly over its right nodes. So two left nodes are an induced pair only if one is among the
    other's nearest, and each is one with itself. The right side, whose ids are pairs of left ids, has no labels.

    Raises
    ------
    ValueError
        `count` not in 1..n_left - 1, a guide that does not fit.

    Notes
    -----
    Cost: O(n_left² (width + count)) time, in blocks of `BLOCK` similarities.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or not 1 <= count < graph.n_left:
        raise ValueError(f"count={count!r} is not in 1..{graph.n_left - 1}: so many neighbours can a node have")
    chosen = _nearest(similarity_function(guide, graph.n_left), graph.n_left, count)
    edges = np.unique(np.sort(chosen, axis=1), axis=0)
    left = np.concatenate(edges.T)
    mass = graph.left_marginal[left] / np.bincount(left)[left]
    names = graph.left_ids.tolist()
    return PairGraph(
        sp.coo_array((mass, (left, np.tile(np.arange(len(edges)), 2)))),
        graph.left_labels,
        left_ids=graph.left_ids,
        right_ids=[(names[a], names[b]) for a, b in edges],
        class_names=graph.class_names,
    )


def similarity_function(guide: Any, size: int) -> Similarity:
    """The cosines of the guide's features as a function of rows and columns."""
    features = as_features(guide, size, "guide")
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(lengths > 0, lengths, 1)
    return lambda rows, columns: np.round(unit[rows] @ unit[columns].T, DIGITS)


def blocks(rows: IntArray, width: int) -> Iterator[IntArray]:
    """The rows in runs of at most `BLOCK` similarities to `width` columns."""
    return (rows[block] for block in row_blocks(len(rows), width, BLOCK))


def _nearest(similarity: Similarity, size: int, count: int) -> IntArray:
    """Each node with each of its `count` most similar others, (size * count, 2); of equal ones the first."""
    everyone, chosen = np.arange(size), []
    for rows in blocks(everyone, size):
        block, each = similarity(rows, everyone), np.arange(len(rows))
        block[each, rows] = -math.inf
        for _ in range(count):
            best = block.argmax(axis=1)
            chosen.append(np.stack([rows, best], axis=1))
            block[each, best] = -math.inf
    return np.concatenate(chosen)
