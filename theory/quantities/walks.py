"""Theorem 19: bounds on multi-hop consistency and on the penalised optimum, from n pairs of an unknown distribution."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS, Array, FloatArray, IntArray
from pairbounds.infrastructure.checks import is_integer
from pairbounds.theory.graph.formats import joint_from_pairs
from pairbounds.theory.quantities.confidence import proportion_ends

SPARE = 3  # pairs in stock for each step of a walk, as rare nodes run out of pairs
DEAD = -1  # position of a walk without a next pair


@dataclass(frozen=True, eq=False)
class ConsistencyIntervals:
    """Simultaneous confidence intervals for the multi-hop consistency `a_1..a_M`.

    Attributes
    ----------
    walks : number of walks
    agreed : (M,), number of walks at a node of their first label after each hop
    died : (M,), number of walks that have run out of pairs by then
    low, high : (M,)
    confidence : lower bound on the probability, over the pairs, that all intervals hold
    """

    walks: int
    agreed: IntArray
    died: IntArray
    low: FloatArray
    high: FloatArray
    confidence: float

    @classmethod
    def of(cls, walks: int, agreed: IntArray, died: IntArray, confidence: float) -> "ConsistencyIntervals":
        """Clopper and Pearson's intervals from counts, with `(1 - confidence) / M` for each hop.

        A dead walk may agree or not. Consistency does not grow with the hops, so each interval is cut by the others.
        """
        level = 1 - (1 - confidence) / len(agreed)
        low, high = proportion_ends(agreed, walks, level)[0], proportion_ends(agreed + died, walks, level)[1]
        low, high = np.maximum.accumulate(low[::-1])[::-1], np.minimum.accumulate(high)
        return cls(walks, agreed, died, low, high, confidence)


def consistency_from_pairs(
    left: Sequence[Hashable] | ArrayLike,
    right: Sequence[Hashable] | ArrayLike,
    labels: Mapping[Any, int] | ArrayLike,
    *,
    hops: int = 2,
    confidence: float = 0.95,
    seed: int = 0,
) -> ConsistencyIntervals:
    """Confidence intervals for `a_1..a_hops` from n independent pairs and the classes of their left ends.

    Parameters
    ----------
    left, right : (n,), the ids of the two ends of each pair, of any hashable type
    labels : mapping from left id to class, or (n,), the class of each pair's left end
        As in `PairGraph.from_pairs`.
    hops : length M of the longest walk, at least 1. Longer walks say more about connectivity, but they are fewer.
    confidence : in (0, 1)
    seed : of the random order in which the pairs are used

    Returns
    -------
    ConsistencyIntervals

    Raises
    ------
    ValueError : ends or classes that do not fit, no pairs; hops or confidence out of range

    Notes
    -----
    Walks are made of unused pairs (`docs/theorems/theorem19.md`). A node in a single pair ends its walk, so captions
    that are never shared give no information. Cost: O(M n log n). Source: new here; Clopper and Pearson 1934.

    Examples
    --------
    >>> from pairbounds.theory.quantities.walks import consistency_from_pairs, penalised_error_at_most
    >>> pairs = 500 * [("cat 1", "a cat", 0), ("cat 2", "a cat", 0), ("dog", "a dog", 1), ("dog", "a pet", 1)]
    >>> found = consistency_from_pairs(*zip(*pairs, strict=True))
    >>> penalised_error_at_most(found, 0.7) < 0.1
    True
    """
    if not is_integer(hops, 1):
        raise ValueError(f"hops={hops!r} is not an integer of at least 1")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r} is not in (0, 1)")
    _, rows, columns = joint_from_pairs(left, right, None)
    classes = np.asarray(rows.labels(labels))
    order = np.random.default_rng(seed).permutation(len(rows.codes))
    return ConsistencyIntervals.of(*_counts(rows.codes[order], columns.codes[order], classes, hops), confidence)


def penalised_error_at_most(intervals: ConsistencyIntervals, penalty: float) -> float:
    """Upper bound on `ε₂(f_μ) = Σ_{σ_i <= μ} c_i`, with the confidence of the intervals; at most 1.

    This is the squared error of the linear probe on a minimiser of the spectral loss with the penalty
    `μ (E‖f‖² + E‖g‖²)`, wide enough for all `σ_i > μ` (theorem 18). It also bounds the squared error on the optimum f*
    of a width k, if `σ_{k+1} <= μ` is assumed. Twice the value bounds the 0-1 errors.

    `ValueError`: the penalty is out of range.

    The minimum of `(1 - a_1⁻) / (1 - μ²)` and, from two hops on, Cantelli's inequality at `(a_1⁻, a_2⁺)`.

    Parameters
    ----------
    penalty : μ, in (0, 1)
    """
    if not 0 < penalty < 1:
        raise ValueError(f"penalty={penalty!r} is not in (0, 1)")
    cut, first = penalty**2, float(intervals.low[0])
    bounds = [1.0, (1 - first) / (1 - cut)]
    if len(intervals.low) > 1 and first > cut:
        # Cantelli: the least bound by a polynomial `p(t) = ((s - t) / (s - cut))²`, s > cut (theorem 19).
        variance = max(0.0, float(intervals.high[1]) - first**2)
        bounds.append(variance / (variance + (first - cut) ** 2))
    return min(1.0, min(bounds) * (1 + 64 * EPS))


class _Stacks:
    """Stacks of unused pairs, one for each node."""

    def __init__(self, nodes: IntArray, ends: IntArray, size: int) -> None:
        counts = np.bincount(nodes, minlength=size)
        self._ends = np.append(ends[np.argsort(nodes, kind="stable")], DEAD)
        self._stop = np.cumsum(counts)
        self._next = self._stop - counts

    def draw(self, nodes: IntArray) -> IntArray:
        """Other end of the next pair of each node, in turn for walks at one node; `DEAD` if no pair is left."""
        order = np.argsort(nodes, kind="stable")
        ranked = nodes[order]
        places = self._next[ranked] + np.arange(len(ranked)) - np.searchsorted(ranked, ranked)
        ends = np.empty_like(nodes)
        ends[order] = self._ends[np.where(places < self._stop[ranked], places, len(self._ends) - 1)]
        self._next += np.bincount(nodes, minlength=len(self._next))
        return ends


def _counts(left: IntArray, right: IntArray, labels: Array, hops: int) -> tuple[int, IntArray, IntArray]:
    """Number of walks, and numbers of those that agree with their start after each hop, and that have died by then.

    The ends of the pairs, (n,) both, are in random order; the first pairs start walks.
    """
    walks = max(1, len(left) // (1 + SPARE * (2 * hops - 1)))
    ahead = walks + (len(left) - walks) * hops // (2 * hops - 1)
    to_left = _Stacks(right[walks:ahead], left[walks:ahead], right.max() + 1)
    to_right = _Stacks(left[ahead:], right[ahead:], left.max() + 1)
    labels_of_walks, nodes = labels[left[:walks]], right[:walks]
    agreed, died = np.zeros(hops, dtype=np.int64), np.zeros(hops, dtype=np.int64)
    for hop in range(hops):
        if hop:
            labels_of_walks, nodes = _without_dead(labels_of_walks, to_right.draw(nodes))
        labels_of_walks, nodes = _without_dead(labels_of_walks, to_left.draw(nodes))
        agreed[hop], died[hop] = np.sum(labels[nodes] == labels_of_walks), walks - len(nodes)
    return walks, agreed, died


def _without_dead(labels_of_walks: Array, nodes: IntArray) -> tuple[Array, IntArray]:
    return labels_of_walks[nodes != DEAD], nodes[nodes != DEAD]
