"""The positive rules: each makes another pair graph."""

import itertools
import math
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.mixtures import mixture
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.resampling.guides import DIGITS, blocks, guide_graph, similarity_function
from pairbounds.theory.resampling.quota import ROUNDING, check_fraction, taken_mass


def add_new_positive(
    graph: PairGraph, guide: Any, *, count: int = 1, weight: float = 1.0, floor: float = -math.inf
) -> PairGraph:
    """AddNewPositive: the mixture with `guide_graph` in which its pairs have `weight` times the mass of the graph's.

    With equal left marginals, which both have, `α_T` becomes `(α_T + weight α_T(guide)) / (1 + weight)`, and the sum of
    the top m values σ_i² at most the same mean of the two sums (theorem 12). A weight of 0 returns the graph.

    Raises
    ------
    ValueError
        A weight that is negative or not finite; the errors of `guide_graph`.
    """
    if not 0 <= weight < math.inf:
        raise ValueError(f"weight={weight!r} is not in [0, inf)")
    guided = guide_graph(graph, guide, count=count, floor=floor)
    return graph if weight == 0 else mixture(graph, guided, 1 / (1 + weight))


def drop_false_positive(graph: PairGraph, guide: Any, *, fraction: float = 0.1) -> PairGraph:
    """DropFalsePositive: the fraction of the pairs' mass that is least similar to the guide goes; then renormalised.

    A pair (x, l) is as similar as x is on average to the *other* left nodes of l, by their mass; where there are none,
    as x is to itself. Exactly the fraction goes, from the last pair in part; of equal ones the first goes first.
    **Each left node keeps its most similar pair**, so that the left side stays what it is (its marginal does not);
    right nodes without pairs are left out.

    Raises
    ------
    ValueError
        A fraction not in [0, 1), or more than can go; a guide that does not fit.

    Notes
    -----
    Cost: O(Σ_l n_l² width), n_l the left nodes of l, in blocks of `BLOCK` similarities.
    """
    check_fraction(fraction)
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
    kept = pairs.data - taken_mass(free, -similarity, np.array(fraction))
    return PairGraph(
        sp.csc_array((kept, pairs.indices, pairs.indptr), shape=pairs.shape),
        graph.left_labels,
        graph.right_labels,
        left_ids=graph.left_ids,
        right_ids=graph.right_ids,
        class_names=graph.class_names,
        drop_isolated=True,
    )


def _pair_similarities(graph: PairGraph, pairs: sp.csc_array, guide: Any) -> FloatArray:
    """`Σ_{x'≠x} P(x', l) similarity(x, x') / Σ_{x'≠x} P(x', l)` of each pair (x, l), in the order of `pairs`."""
    similarity, parts = similarity_function(guide, graph.n_left), list[FloatArray]()
    of_pairs = pairs.indices.astype(np.int64)
    for start, stop in itertools.pairwise(pairs.indptr):
        nodes, mass, places = of_pairs[start:stop], pairs.data[start:stop], np.arange(stop - start)
        for rows in blocks(places, len(places)):
            block = similarity(nodes[rows], nodes)
            weights = np.where((rows[:, None] != places) | (len(places) == 1), mass, 0.0)
            parts.append(np.average(block, axis=1, weights=weights))
    return np.asarray(np.round(np.concatenate(parts), DIGITS), dtype=np.float64)
