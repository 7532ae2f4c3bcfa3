"""CLIP-guided resampling as operations on a pair graph (theorem 12): what a guide does to pairs, spectrum and bound.

The positive techniques make another graph. AddNewPositive is a mixture with the guide's own pair graph;
DropFalsePositive removes pairs and renormalises. The negative techniques leave P as it is and change the product
measure `p_L × p_L` of the second term of the self-supervised spectral loss, `L_Q(f, g) = -2 E_P[fᵀg] + E_Q[(fᵀg)²]`
with P the induced pairs. Then theorem 2 holds no more: the optimum is a weighted low-rank approximation, which is
NP-hard in general. It is closed-form where Q is a product measure again; elsewhere it is descended to, and enclosed.

A guide is an embedding of the left nodes, (n_left, width), compared by cosine, or a function
`(rows, columns) -> similarities` of arrays of left nodes, (len(rows), len(columns)).

Source: Zhang, Wang and Wang 2023 for the techniques; as operations on graphs, here.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.linalg
import scipy.sparse as sp

from theory.arrays import FloatArray, IntArray
from theory.bounds import BOUNDS, Encoder
from theory.bounds.registry import enough_triplets
from theory.connectivity import class_second_eigenvalues
from theory.consistency import induced_labelling_error, required_labels
from theory.graph import PairGraph
from theory.hypotheses import HypothesisError, require, require_width
from theory.mixtures import mixture
from theory.probes import as_features
from theory.spectra import spectrum

BLOCK = 4_000_000  # similarities held at once
DIGITS = 12  # computed similarities that agree to so many decimals are equal: round-off decides nothing
ROUNDING = 64 * float(np.finfo(np.float64).eps)

Similarity = Callable[[IntArray, IntArray], FloatArray]


@dataclass(frozen=True, eq=False)
class WeightedOptimum:
    """The best embedding pair found for a modified product measure, and how good one can be.

    Attributes
    ----------
    left, right : (n_left, k) and (n_right, k), unweighted
    lower, loss : an interval that holds the least possible loss; `loss` is that of the embedding pair
    converged : whether another sweep would have gained next to nothing; a stationary point, not always a minimum
    """

    left: FloatArray
    right: FloatArray
    lower: float
    loss: float
    converged: bool

    @property
    def exact(self) -> bool:
        """Whether no embedding pair is better."""
        return self.lower == self.loss


def guide_graph(graph: PairGraph, guide: Any, *, count: int = 1, floor: float = -math.inf) -> PairGraph:
    """The guide's own pairs over the left side of a graph, with its left marginal: nearest neighbours.

    A right node joins a left node and one of its `count` most similar ones, if their similarity is at least `floor`;
    of equal ones the first are taken. A left node spreads its mass evenly over its right nodes, and has one to itself
    where it has no neighbour. So two left nodes are an induced pair only if one is among the other's nearest, and each
    is one with itself. The right side, whose ids are pairs of left ids, has no labels.

    Raises
    ------
    ValueError
        `count` not in 1..n_left - 1, `floor` not a number, a guide that does not fit.

    Notes
    -----
    Cost: O(n_left² (width + count)) time, in blocks of `BLOCK` similarities.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or not 1 <= count < graph.n_left:
        raise ValueError(f"count={count!r} is not in 1..{graph.n_left - 1}: so many neighbours can a node have")
    if math.isnan(floor):
        raise ValueError("floor is not a number: it is the least similarity of a pair")
    chosen = _nearest(_similarity(guide, graph.n_left), graph.n_left, count, floor)
    edges = np.unique(np.sort(chosen, axis=1), axis=0)
    lonely = np.setdiff1d(np.arange(graph.n_left), edges)
    left = np.concatenate([*edges.T, lonely])
    right = np.concatenate([np.tile(np.arange(len(edges)), 2), len(edges) + np.arange(len(lonely))])
    mass = graph.left_marginal[left] / np.bincount(left)[left]
    ends = np.vstack([edges, np.stack([lonely, lonely], axis=1)])
    names = graph.left_ids.tolist()
    ids = [(names[a], names[b]) for a, b in ends]
    return PairGraph(sp.coo_array((mass, (left, right))), graph.left_labels, left_ids=graph.left_ids, right_ids=ids)


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
    kept = pairs.data - _taken(free, -similarity, np.array(fraction))
    return PairGraph(
        sp.csc_array((kept, pairs.indices, pairs.indptr), shape=pairs.shape),
        graph.left_labels,
        graph.right_labels,
        left_ids=graph.left_ids,
        right_ids=graph.right_ids,
        drop_isolated=True,
    )


def drop_false_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.05, keep: float = 0.0) -> FloatArray:
    """DropFalseNegative: the measure Q, (n_left, n_left), without each node's negatives most similar to the guide.

    The true negatives of x are the nodes that are no induced pair of it. Of their mass under p_L the fraction goes,
    from the last node in part; what goes leaves the share `keep` of itself; and what is left is drawn from:
    `Q(x, x') = p_L(x) q(x' | x)`.

    That pairs stay is what bounds the loss from below (`weighted_optimum`). With `keep > 0` it has a minimum; with
    `keep = 0`, the technique proper, it need not: scores where Q is 0 are free, and may grow without bound.

    Raises
    ------
    ValueError
        A fraction not in [0, 1), `keep` not in [0, 1], a guide that does not fit, more than
        `theory.graph.INDUCED_LIMIT` left nodes.
    """
    return _negative_measure(graph, guide, fraction, keep, 1)


def drop_easy_negative(graph: PairGraph, guide: Any, *, fraction: float = 0.1, keep: float = 0.0) -> FloatArray:
    """DropEasyNegative: as `drop_false_negative`, without each node's negatives least similar to the guide."""
    return _negative_measure(graph, guide, fraction, keep, -1)


def weighted_spectral_loss(pairs: PairGraph, measure: FloatArray, f: FloatArray, g: FloatArray) -> float:
    """`L_Q(f, g) = -2 E_P[f(x)ᵀ g(l)] + Σ_{x,l} Q(x, l) (f(x)ᵀ g(l))²`, P the pairs, Q the measure.

    `spectral_loss` where Q is the product of the marginals. Cost: O(n_left n_right k) time, O(n_left n_right) memory.

    Raises
    ------
    ValueError
        A measure that is not finite and non-negative, of the shape of the pairs; embeddings that do not fit.
    """
    weights = _as_measure(pairs, measure)
    left, right = as_features(f, pairs.n_left, "f"), as_features(g, pairs.n_right, "g")
    return _weighted_loss(pairs.joint, weights, left, right)


def weighted_optimum(
    pairs: PairGraph, measure: FloatArray, k: int, *, tol: float = 1e-10, sweeps: int = 1_000
) -> WeightedOptimum:
    """The optimum of `weighted_spectral_loss` over embeddings of width k: exact for a product measure, else enclosed.

    For a product measure `Q = a bᵀ` it is theorem 2 with a and b in place of the marginals: the singular value
    decomposition of `D_a^{-1/2} P D_b^{-1/2}`. Otherwise f and g are solved for in turn, from the product of Q's
    marginals on: each step is a least-squares problem for each node, the loss never rises, and the end is a
    stationary point. Two lower ends hold for any width: `-Σ P²/Q`, which scores `P/Q` of any rank reach; and
    `-Σ_{i≤k} s_i² / ρ`, with `s_i` the singular values for the product `a bᵀ` of Q's marginals, and `Q >= ρ a bᵀ`.

    Parameters
    ----------
    pairs : PairGraph
        For the negative techniques on a graph: `graph.induced()`.
    measure : (n_left, n_right)
    tol : float
        The descent ends when a sweep gains less than this fraction of the loss, or after `sweeps`.

    Raises
    ------
    HypothesisError
        A pair that the measure leaves out: the loss is unbounded below, as `f = t 1[x]`, `g = t 1[l]` shows.
    ValueError
        k out of range, a measure that does not fit.

    Notes
    -----
    Cost of a sweep: O(n_left n_right k² + (n_left + n_right) k³). Source: Srebro and Jaakkola 2003 for the descent;
    Gillis and Glineur 2011 for the hardness.
    """
    weights = _as_measure(pairs, measure)
    require_width(weights.shape, k)
    joint = pairs.joint.toarray()
    require(np.all(weights[joint > 0] > 0), "the measure leaves out pairs: the loss is unbounded below")
    left, right, values = _product_optimum(joint, weights, k)
    product = np.outer(weights.sum(axis=1), weights.sum(axis=0)) / weights.sum()
    lowest = -float(np.sum(values**2))
    if np.allclose(weights, product, rtol=ROUNDING * len(joint), atol=0):
        return WeightedOptimum(left, right, lowest, lowest, converged=True)
    unrestricted = -float(np.sum(joint[joint > 0] ** 2 / weights[joint > 0]))
    density = float(np.min(weights[product > 0] / product[product > 0]))
    lower = max(unrestricted, lowest / density) if density > 0 else unrestricted
    loss, converged = _weighted_loss(joint, weights, left, right), False
    for _ in range(sweeps):
        left = _solved(joint, weights, right)
        right = _solved(joint.T, weights.T, left)
        before, loss = loss, _weighted_loss(joint, weights, left, right)
        if before - loss <= tol * abs(loss):
            converged = True
            break
    return WeightedOptimum(left, right, lower, loss, converged)


def resampling_effect(graph: PairGraph, after: PairGraph | WeightedOptimum, k: int) -> pd.DataFrame:
    """What a technique does to the quantities of the bound: a row before and a row after.

    Parameters
    ----------
    after : PairGraph or WeightedOptimum
        What a positive technique made of the graph; or, for a negative one, the optimum of width k on
        `graph.induced()` under the changed measure.

    Returns
    -------
    DataFrame with columns
        stage ("before", "after"), induced_labelling_error (`α_T`), next_singular_value (`σ_{k+1}`), bound (on the probe
        error; may be infinite), probe_error (measured), second_eigenvalue_c (`λ₂(c)`, its upper end, for each class c).
        The bound is theorem 4 for the optimum of a graph. After a negative technique the pairs are what they were and
        only the embedding differs: the bound is theorem 7 on the induced pairs, by the excess loss under `p_L × p_L` of
        the left embedding with the right one that is best for it.

    Raises
    ------
    ValueError
        No left labels, k out of range on a graph, an optimum of another width.
    """
    before = _facts(graph, k)
    changed = before | _negative_facts(graph, after, k) if isinstance(after, WeightedOptimum) else _facts(after, k)
    return pd.DataFrame([{"stage": "before"} | before, {"stage": "after"} | changed])


def _facts(graph: PairGraph, k: int) -> dict[str, float]:
    known = enough_triplets(graph, spectrum(graph, min(k + 1, *graph.joint.shape)), k)
    eigenvalues = zip(
        np.unique(required_labels(graph, "left")).tolist(), class_second_eigenvalues(graph).tolist(), strict=True
    )
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": float(known.singular_values[k]),
        "bound": BOUNDS["probe-error"](graph, known, k),
        "probe_error": Encoder.optimum(graph, known, k).probe.error,
    } | {f"second_eigenvalue_{c}": value for c, value in eigenvalues}


def _negative_facts(graph: PairGraph, optimum: WeightedOptimum, k: int) -> dict[str, float]:
    pairs = graph.induced()
    known = enough_triplets(pairs, spectrum(pairs, min(k + 1, pairs.n_left)), k)
    # The bound is about the left side and holds with any right one: the best under the unchanged measure is sharpest.
    right = _solved(pairs.joint.T, np.outer(pairs.left_marginal, pairs.left_marginal), optimum.left)
    encoder = Encoder.of(pairs, known, k, (optimum.left, right))
    try:
        bound = BOUNDS["near-optimal-error"](pairs, known, k, encoder)
    except HypothesisError:  # no gap to lean on
        bound = math.inf
    return {"bound": bound, "probe_error": encoder.probe.error}


def _similarity(guide: Any, size: int) -> Similarity:
    """The guide as a function of rows and columns, with what it returns checked."""
    if callable(guide):
        compare = guide
    else:
        features = as_features(guide, size, "guide")
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        unit = features / np.where(lengths > 0, lengths, 1)

        def compare(rows: IntArray, columns: IntArray) -> FloatArray:
            return np.round(unit[rows] @ unit[columns].T, DIGITS)

    def similarity(rows: IntArray, columns: IntArray) -> FloatArray:
        block = np.array(compare(rows, columns), dtype=np.float64)
        if block.shape != (len(rows), len(columns)) or not np.isfinite(block).all():
            raise ValueError(
                f"guide returned shape {block.shape}, {np.sum(~np.isfinite(block))} values not finite: give "
                f"({len(rows)}, {len(columns)}) similarities"
            )
        return block

    return similarity


def _blocks(rows: IntArray, width: int) -> Iterator[IntArray]:
    """The rows in runs of at most `BLOCK` similarities to `width` columns."""
    step = max(1, BLOCK // width)
    return (rows[start : start + step] for start in range(0, len(rows), step))


def _nearest(similarity: Similarity, size: int, count: int, floor: float) -> IntArray:
    """Each node with each of its most similar others, (at most size * count, 2); of equal ones the first."""
    everyone, chosen = np.arange(size), []
    for rows in _blocks(everyone, size):
        block, each = similarity(rows, everyone), np.arange(len(rows))
        block[each, rows] = -math.inf
        for _ in range(count):
            best = block.argmax(axis=1)
            chosen.append(np.stack([rows, best], axis=1)[block[each, best] >= floor])
            block[each, best] = -math.inf
    return np.concatenate(chosen)


def _pair_similarities(graph: PairGraph, pairs: sp.csc_array, guide: Any) -> FloatArray:
    """`Σ_{x'≠x} P(x', l) similarity(x, x') / Σ_{x'≠x} P(x', l)` of each pair (x, l), in the order of `pairs`."""
    similarity, parts = _similarity(guide, graph.n_left), list[FloatArray]()
    of_pairs = pairs.indices.astype(np.int64)
    for start, stop in itertools.pairwise(pairs.indptr):
        nodes, mass, places = of_pairs[start:stop], pairs.data[start:stop], np.arange(stop - start)
        for rows in _blocks(places, len(places)):
            block = similarity(nodes[rows], nodes)
            weights = np.where((rows[:, None] != places) | (len(places) == 1), mass, 0.0)
            parts.append(np.average(block, axis=1, weights=weights))
    return np.asarray(np.round(np.concatenate(parts), DIGITS), dtype=np.float64)


def _negative_measure(graph: PairGraph, guide: Any, fraction: float, keep: float, sign: int) -> FloatArray:
    _check_fraction(fraction)
    if not 0 <= keep <= 1:
        raise ValueError(f"keep={keep!r} is not in [0, 1]: it is the share that dropped negatives keep")
    everyone, mass = np.arange(graph.n_left), graph.left_marginal
    negative = np.where(graph.induced().joint.toarray() > 0, 0.0, mass)
    score = sign * _similarity(guide, graph.n_left)(everyone, everyone)
    kept = mass - (1 - keep) * _taken(negative, score, fraction * negative.sum(axis=1))
    return np.asarray(mass[:, None] * kept / kept.sum(axis=1, keepdims=True))


def _taken(mass: FloatArray, score: FloatArray, quota: FloatArray) -> FloatArray:
    """How much of each mass is taken, highest score first along the last axis, until the quota is reached.

    Of equal scores the first is taken first.
    """
    order = np.argsort(-score, axis=-1, kind="stable")
    ranked = np.take_along_axis(mass, order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked
    taken = np.clip(quota[..., None] - before, 0, ranked)
    # A rest of round-off would be a pair.
    taken = np.where((taken > 0) & (ranked - taken <= ROUNDING * mass.sum(axis=-1, keepdims=True)), ranked, taken)
    result = np.empty_like(mass)
    np.put_along_axis(result, order, taken, axis=-1)
    return result


def _check_fraction(fraction: float) -> None:
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction={fraction!r} is not in [0, 1)")


def _as_measure(pairs: PairGraph, measure: Any) -> FloatArray:
    weights = np.asarray(measure, dtype=np.float64)
    if weights.shape != pairs.joint.shape or not np.all(np.isfinite(weights) & (weights >= 0)):
        raise ValueError(
            f"measure has shape {weights.shape}: give finite non-negative weights of shape {pairs.joint.shape}"
        )
    return weights


def _weighted_loss(joint: Any, weights: FloatArray, left: FloatArray, right: FloatArray) -> float:
    return float(-2 * np.sum(left * (joint @ right)) + np.sum(weights * (left @ right.T) ** 2))


def _product_optimum(joint: FloatArray, weights: FloatArray, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Theorem 2 for the product of the measure's marginals, and the k singular values."""
    total = math.sqrt(weights.sum())
    roots = [np.sqrt(weights.sum(axis=axis) / total) for axis in (1, 0)]
    left, values, right = scipy.linalg.svd(joint / np.outer(*roots), full_matrices=False)
    scale = np.sqrt(values[:k])
    return left[:, :k] * scale / roots[0][:, None], right[:k].T * scale / roots[1][:, None], values[:k]


def _solved(joint: Any, weights: FloatArray, other: FloatArray) -> FloatArray:
    """The best embedding of one side, given the other's: `(Σ_l Q(x, l) g(l) g(l)ᵀ)⁺ Σ_l P(x, l) g(l)` for each x."""
    width = other.shape[1]
    products = (other[:, :, None] * other[:, None, :]).reshape(len(other), -1)
    grams = (weights @ products).reshape(-1, width, width)
    return np.asarray(np.einsum("xij,xj->xi", np.linalg.pinv(grams, hermitian=True), joint @ other))
