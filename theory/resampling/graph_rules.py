"""Guides, and the four rules of resampling: positive rules make a pair graph, negative rules a measure Q."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks
from pairbounds.theory.graph.mixtures import mixture
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.probes import as_features

BLOCK = 4_000_000  # similarities in memory at once
DIGITS = 12  # decimals to which equal similarities agree, so that round-off does not decide
ROUNDING = 64 * EPS

Similarity = Callable[[IntArray, IntArray], FloatArray]


def guide_graph(graph: PairGraph, guide: Any) -> PairGraph:
    """Pair graph of nearest neighbours of a guide, with the left side and the left marginal of a graph.

    A right node joins a left node and its most similar one; ties go to the first. A left node spreads its mass evenly
    over its right nodes. So two different left nodes are an induced pair only if one is the other's nearest.
    Right ids are pairs of left ids; the right side has no labels.

    `ValueError`: a single left node, a guide that does not fit. Cost: O(n_left² width) time, in blocks of `BLOCK`
    similarities.
    """
    if graph.n_left == 1:
        raise ValueError("the graph has a single left node: a guide needs two or more")
    chosen = _nearest(similarity_function(guide, graph.n_left), graph.n_left)
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
    """Cosines of the guide's features as a function of rows and columns."""
    features = as_features(guide, size, "guide")
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(lengths > 0, lengths, 1)
    return lambda rows, columns: np.round(unit[rows] @ unit[columns].T, DIGITS)


def _nearest(similarity: Similarity, size: int) -> IntArray:
    """Pairs of each node and the most similar other, (size, 2); ties go to the first."""
    everyone, chosen = np.arange(size), []
    for part in row_blocks(size, size, BLOCK):
        rows = everyone[part]
        block = similarity(rows, everyone)
        block[np.arange(len(rows)), rows] = -math.inf
        chosen.append(np.stack([rows, block.argmax(axis=1)], axis=1))
    return np.concatenate(chosen)


def add_new_positive(graph: PairGraph, guide: Any) -> PairGraph:
    """AddNewPositive: mixture of a graph and its `guide_graph`, of equal mass; errors of `guide_graph`.

    `α_T` becomes the mean of both, and the sum of the top m values σ_i² is at most the mean of both sums (theorem 12).
    """
    return mixture(graph, guide_graph(graph, guide), 0.5)


def drop_false_positive(graph: PairGraph, guide: Any, *, fraction: float = 0.1) -> PairGraph:
    """DropFalsePositive: drop the fraction of the pairs' mass that is least similar by the guide, and renormalise.

    The similarity of a pair (x, l) is the mean similarity of x to the *other* left nodes of l by mass, or to itself if
    there are none. The last pair is dropped in part, and ties go in order. **Each left node keeps its most similar
    pair**, so the left nodes stay (but not their marginal). Right nodes without pairs are left out.

    `ValueError`: a fraction not in [0, 1), or too large; a guide that does not fit. Cost: O(Σ_l n_l² width) time,
    O(max_l n_l²) memory, n_l the left nodes of l.
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
            f"fraction={fraction} is too large: at most {free.sum():.4g} can be dropped, because each left node keeps "
            "its most similar pair"
        )
    remaining = pairs.data - _removed(free, -similarity, np.array(fraction))
    return graph.reweighted(sp.csc_array((remaining, pairs.indices, pairs.indptr), shape=pairs.shape))


def _pair_similarities(graph: PairGraph, pairs: sp.csc_array, guide: Any) -> FloatArray:
    """`Σ_{x'≠x} P(x', l) similarity(x, x') / Σ_{x'≠x} P(x', l)` of each pair (x, l), in the order of `pairs`."""
    similarity, parts = similarity_function(guide, graph.n_left), list[FloatArray]()
    of_pairs = pairs.indices.astype(np.int64)
    for start, stop in itertools.pairwise(pairs.indptr):
        nodes = of_pairs[start:stop]
        is_other = ~np.eye(len(nodes), dtype=bool) | (len(nodes) == 1)
        parts.append(np.average(similarity(nodes, nodes), axis=1, weights=is_other * pairs.data[start:stop]))
    return np.asarray(np.round(np.concatenate(parts), DIGITS), dtype=np.float64)


def drop_false_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.05, keep: float = 0.0) -> FloatArray:
    """DropFalseNegative: measure Q, (n_left, n_left), without each node's most similar negatives by the guide.

    The negatives of x are the nodes that are not an induced pair with it. The fraction of their mass under p_L is
    dropped, the last node in part, except for a share `keep`. Then `Q(x, x') = p_L(x) q(x' | x)`, renormalised.

    Pairs stay, so the loss is bounded below (`weighted_optimum`). With `keep > 0` it has a minimum. With `keep = 0`,
    the original rule, it may have none: scores where Q is 0 may grow without bound.

    `ValueError`: a fraction not in [0, 1), `keep` not in [0, 1], a guide that does not fit, more than
    `pairbounds.theory.graph.pair_graph.INDUCED_LIMIT` left nodes.
    """
    return _negative_measure(graph, guide, fraction, keep, 1)


def drop_easy_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.1, keep: float = 0.0) -> FloatArray:
    """DropEasyNegative: as `drop_false_negative`, without each node's least similar negatives."""
    return _negative_measure(graph, guide, fraction, keep, -1)


def drop_negatives(graph: PairGraph, guide: Any, *, keep: float = 0.0) -> FloatArray:
    """Both rules at their fractions; a negative that both would drop keeps `keep²` of its weight."""
    first, second = (drop(graph, guide, keep=keep) for drop in (drop_false_negative, drop_easy_negative))
    return _drawn_from(graph, first * second / graph.left_marginal)


def _negative_measure(graph: PairGraph, guide: Any, fraction: float, keep: float, sign: int) -> FloatArray:
    _check_fraction(fraction)
    if not 0 <= keep <= 1:
        raise ValueError(f"keep={keep!r} is not in [0, 1]: give the share that dropped negatives keep")
    everyone, mass = np.arange(graph.n_left), graph.left_marginal
    negative = np.where(graph.induced().joint.toarray() > 0, 0.0, mass)
    score = sign * similarity_function(guide, graph.n_left)(everyone, everyone)
    remaining = mass - (1 - keep) * _removed(negative, score, fraction * negative.sum(axis=1))
    return _drawn_from(graph, remaining)


def _drawn_from(graph: PairGraph, weights: FloatArray) -> FloatArray:
    """`p_L(x) q(x' | x)`, where q is proportional to the weights."""
    return np.asarray(graph.left_marginal[:, None] * weights / weights.sum(axis=1, keepdims=True))


def _removed(mass: FloatArray, score: FloatArray, quota: FloatArray) -> FloatArray:
    """Amount removed from each mass, highest score first along the last axis (ties in order), up to the quota."""
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
