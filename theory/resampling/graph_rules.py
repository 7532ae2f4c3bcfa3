"""Guides, and the four rules: a positive one makes another pair graph, a negative one another measure Q.

A guide has features of the left nodes: their similarities, nearest neighbours, and the pair graph of these.
"""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks
from pairbounds.infrastructure.hypotheses import is_integer
from pairbounds.theory.graph.mixtures import mixture
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.probes import as_features

BLOCK = 4_000_000  # similarities held at once
DIGITS = 12  # computed similarities that agree to so many decimals are equal: round-off decides nothing
ROUNDING = 64 * EPS

Similarity = Callable[[IntArray, IntArray], FloatArray]


def guide_graph(graph: PairGraph, guide: Any, *, count: int = 1) -> PairGraph:
    """The guide's own pairs over the left side of a graph, with its left marginal: nearest neighbours.

    A right node joins a left node and one of its `count` most similar ones; of equal ones the first are chosen. A left
    node spreads its mass evenly over its right nodes. So two left nodes are an induced pair only if one is among the
    other's nearest, and each is one with itself. The right side, whose ids are pairs of left ids, has no labels.

    Raises
    ------
    ValueError : `count` not in 1..n_left - 1, a guide that does not fit

    Notes
    -----
    Cost: O(n_left² (width + count)) time, in blocks of `BLOCK` similarities.
    """
    if not is_integer(count, 1, graph.n_left - 1):
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


def _nearest(similarity: Similarity, size: int, count: int) -> IntArray:
    """Each node with each of its `count` most similar others, (size * count, 2); of equal ones the first."""
    everyone, chosen = np.arange(size), []
    for part in row_blocks(size, size, BLOCK):
        rows = everyone[part]
        block, each = similarity(rows, everyone), np.arange(len(rows))
        block[each, rows] = -math.inf
        for _ in range(count):
            best = block.argmax(axis=1)
            chosen.append(np.stack([rows, best], axis=1))
            block[each, best] = -math.inf
    return np.concatenate(chosen)


def add_new_positive(graph: PairGraph, guide: Any, *, count: int = 1, weight: float = 1.0) -> PairGraph:
    """AddNewPositive: the mixture with `guide_graph` in which its pairs have `weight` times the mass of the graph's.

    With equal left marginals, which both have, `α_T` becomes `(α_T + weight α_T(guide)) / (1 + weight)`, and the sum of
    the top m values σ_i² at most the same mean of the two sums (theorem 12).

    Raises
    ------
    ValueError : a weight that is not positive and finite; the errors of `guide_graph`
    """
    if not 0 < weight < math.inf:
        raise ValueError(f"weight={weight!r} is not in (0, inf)")
    return mixture(graph, guide_graph(graph, guide, count=count), 1 / (1 + weight))


def drop_false_positive(graph: PairGraph, guide: Any, *, fraction: float = 0.1) -> PairGraph:
    """DropFalsePositive: the fraction of the pairs' mass that is least similar to the guide goes; then renormalised.

    A pair (x, l) is as similar as x is on average to the *other* left nodes of l, by their mass; where there are none,
    as x is to itself. Exactly the fraction goes, from the last pair in part; of equal ones the first goes first.
    **Each left node keeps its most similar pair**, so that the left side stays what it is (its marginal does not);
    right nodes without pairs are left out.

    Raises
    ------
    ValueError : a fraction not in [0, 1), or more than can go; a guide that does not fit

    Notes
    -----
    Cost: O(Σ_l n_l² width) time, O(max_l n_l²) memory, n_l the left nodes of l.
    """
    _check_fraction(fraction)
    pairs = sp.csc_array(graph.joint)
    similarity = _pair_similarities(graph, pairs, guide)
    by_node = np.lexsort((-similarity, pairs.indices))
    best = by_node[np.flatnonzero(np.diff(pairs.indices[by_node], prepend=-1))]
    free = pairs.data.copy()
    free[best] = 0
    if fraction > free.sum() + ROUNDING:
        raise ValueError(
            f"fraction={fraction} is more than can go, {free.sum():.4g}: each left node keeps its most similar pair"
        )
    kept = pairs.data - _removed(free, -similarity, np.array(fraction))
    return graph.reweighted(sp.csc_array((kept, pairs.indices, pairs.indptr), shape=pairs.shape))


def _pair_similarities(graph: PairGraph, pairs: sp.csc_array, guide: Any) -> FloatArray:
    """`Σ_{x'≠x} P(x', l) similarity(x, x') / Σ_{x'≠x} P(x', l)` of each pair (x, l), in the order of `pairs`."""
    similarity, parts = similarity_function(guide, graph.n_left), list[FloatArray]()
    of_pairs = pairs.indices.astype(np.int64)
    for start, stop in itertools.pairwise(pairs.indptr):
        nodes = of_pairs[start:stop]
        others = ~np.eye(len(nodes), dtype=bool) | (len(nodes) == 1)
        parts.append(np.average(similarity(nodes, nodes), axis=1, weights=others * pairs.data[start:stop]))
    return np.asarray(np.round(np.concatenate(parts), DIGITS), dtype=np.float64)


def drop_false_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.05, keep: float = 0.0) -> FloatArray:
    """DropFalseNegative: the measure Q, (n_left, n_left), without each node's negatives most similar to the guide.

    The true negatives of x are the nodes that are no induced pair of it. Of their mass under p_L the fraction goes,
    from the last node in part; what goes leaves the share `keep` of itself; and what is left is drawn from:
    `Q(x, x') = p_L(x) q(x' | x)`.

    That pairs stay is what bounds the loss from below (`weighted_optimum`). With `keep > 0` it has a minimum; with
    `keep = 0`, the rule proper, it need not: scores where Q is 0 are free, and may grow without bound.

    Raises
    ------
    ValueError : a fraction not in [0, 1), `keep` not in [0, 1], a guide that does not fit, more than
        `pairbounds.theory.graph.pair_graph.INDUCED_LIMIT` left nodes
    """
    return _negative_measure(graph, guide, fraction, keep, 1)


def drop_easy_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.1, keep: float = 0.0) -> FloatArray:
    """DropEasyNegative: as `drop_false_negative`, without each node's negatives least similar to the guide."""
    return _negative_measure(graph, guide, fraction, keep, -1)


def drop_negatives(graph: PairGraph, guide: Any, *, keep: float = 0.0) -> FloatArray:
    """Both rules at their fractions; a negative that both would drop keeps `keep²` of its weight."""
    first, second = (drop(graph, guide, keep=keep) for drop in (drop_false_negative, drop_easy_negative))
    return _drawn_from(graph, first * second / graph.left_marginal)


def _negative_measure(graph: PairGraph, guide: Any, fraction: float, keep: float, sign: int) -> FloatArray:
    _check_fraction(fraction)
    if not 0 <= keep <= 1:
        raise ValueError(f"keep={keep!r} is not in [0, 1]: it is the share that dropped negatives keep")
    everyone, mass = np.arange(graph.n_left), graph.left_marginal
    negative = np.where(graph.induced().joint.toarray() > 0, 0.0, mass)
    score = sign * similarity_function(guide, graph.n_left)(everyone, everyone)
    kept = mass - (1 - keep) * _removed(negative, score, fraction * negative.sum(axis=1))
    return _drawn_from(graph, kept)


def _drawn_from(graph: PairGraph, weights: FloatArray) -> FloatArray:
    """`p_L(x) q(x' | x)`, where q is proportional to the weights."""
    return np.asarray(graph.left_marginal[:, None] * weights / weights.sum(axis=1, keepdims=True))


def _removed(mass: FloatArray, score: FloatArray, quota: FloatArray) -> FloatArray:
    """Amount removed from each mass, highest score first along the last axis, until the quota is reached.

    Of equal scores the first goes first.
    """
    order = np.argsort(-score, axis=-1, kind="stable")
    ranked = np.take_along_axis(mass, order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked
    gone = np.clip(quota[..., None] - before, 0, ranked)
    # A rest of round-off would be a pair.
    gone = np.where((gone > 0) & (ranked - gone <= ROUNDING * mass.sum(axis=-1, keepdims=True)), ranked, gone)
    result = np.empty_like(mass)
    np.put_along_axis(result, order, gone, axis=-1)
    return result


def _check_fraction(fraction: float) -> None:
    """`ValueError` unless it is in [0, 1)."""
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction={fraction!r} is not in [0, 1)")
