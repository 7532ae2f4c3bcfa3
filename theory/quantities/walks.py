"""Theorem 19: multi-hop consistency from n pairs of an unknown distribution, and what it says of the penalised optimum.

Walks are put together of pairs that were drawn independently: a step from a node takes the next pair of that node that
no walk has taken. Nothing is estimated of the marginals, and no matrix is formed.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.infrastructure.hypotheses import is_integer
from pairbounds.theory.graph.formats import joint_from_pairs
from pairbounds.theory.quantities.confidence import proportion_ends

SPARE = 3  # pairs kept for each step of a walk: nodes that are seen seldom run out of theirs
DEAD = -1  # where a walk is that found no pair


@dataclass(frozen=True, eq=False)
class ConsistencyIntervals:
    """Intervals of the multi-hop consistency `a_1..a_M`, all of which hold with a stated confidence.

    Attributes
    ----------
    walks : how many walks there were
    agreed : (M,), how many of them had the label that they started with after each hop
    died : (M,), how many had run out of pairs by then
    low, high : (M,)
    confidence : the probability, over the pairs, that all hold at once, or more
    """

    walks: int
    agreed: IntArray
    died: IntArray
    low: FloatArray
    high: FloatArray
    confidence: float

    @classmethod
    def of(cls, walks: int, agreed: IntArray, died: IntArray, confidence: float) -> "ConsistencyIntervals":
        """Intervals from counts: Clopper and Pearson's ends, with what is left of the confidence for each hop.

        A walk that died may have agreed or not. As consistency never grows with the hops, an interval's ends are those
        of its neighbours where these are nearer.
        """
        level = 1 - (1 - confidence) / len(agreed)
        low, high = proportion_ends(agreed, walks, level)[0], proportion_ends(agreed + died, walks, level)[1]
        low, high = np.maximum.accumulate(low[::-1])[::-1], np.minimum.accumulate(high)
        return cls(walks, agreed, died, low, high, confidence)


def consistency_from_pairs(
    left: Sequence[Hashable] | npt.ArrayLike,
    right: Sequence[Hashable] | npt.ArrayLike,
    labels: Mapping[Any, int] | npt.ArrayLike,
    *,
    hops: int = 2,
    confidence: float = 0.95,
    seed: int = 0,
) -> ConsistencyIntervals:
    """Intervals of `a_1..a_hops` from n independent pairs, of which nothing is known but the classes of the left ends.

    Parameters
    ----------
    left, right : (n,), the ids of the two ends of each pair, of any hashable type
    labels : mapping from left id to class, or (n,), the class of each pair's left end
        As in `PairGraph.from_pairs`.
    hops : M, at least 1. More hops say more of what is connected, and leave fewer walks.
    confidence : in (0, 1)
    seed : of the order in which the pairs are taken, for they may be listed in one that is not random

    Returns
    -------
    ConsistencyIntervals

    Raises
    ------
    ValueError : ends or classes that do not fit, no pairs; hops or confidence out of range

    Notes
    -----
    The pairs are split into starts, those for steps to the left and those for steps to the right. A walk starts as a
    pair does, and goes on by the next pair of the node where it is; it dies where there is none. Proof:
    `docs/theorems/theorem19.md`.

    A node that is seen once ends its walk: of captions that are never shared nothing follows.

    Cost: O(M n log n), no matrix. Source: new here; Clopper and Pearson 1934 for the intervals.

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
    return ConsistencyIntervals.of(*_walked(rows.codes[order], columns.codes[order], classes, hops), confidence)


def penalised_error_at_most(intervals: ConsistencyIntervals, penalty: float) -> float:
    """An upper end of `ε₂(f_μ) = Σ_{σ_i <= μ} c_i`, with the confidence of the intervals; at most 1.

    That is the squared error of the linear probe on a minimiser of the spectral loss with the penalty
    `μ (E‖f‖² + E‖g‖²)`, wide enough for all `σ_i > μ` (theorem 18). It is no less than that on the optimum f* of a
    width k, if `σ_{k+1} <= μ` is assumed. Twice it is an upper end of the 0-1 errors.

    Parameters
    ----------
    penalty : μ, in (0, 1)

    Raises
    ------
    ValueError : the penalty is out of range

    Notes
    -----
    The lesser of `(1 - a_1⁻) / (1 - μ²)` and, from two hops on, Cantelli's inequality at `(a_1⁻, a_2⁺)`. Both are
    `p_0 + Σ_j max(p_j a_j⁻, p_j a_j⁺)` for a polynomial p that is non-negative on [0, 1] and at least 1 on `[0, μ²]`.
    """
    if not 0 < penalty < 1:
        raise ValueError(f"penalty={penalty!r} is not in (0, 1)")
    cut, first = penalty**2, float(intervals.low[0])
    bounds = [1.0, (1 - first) / (1 - cut)]
    if len(intervals.low) > 1 and first > cut:
        # The least over s of `p = ((s - t) / (s - cut))²`; no s is right where the mean is below the cut.
        variance = max(0.0, float(intervals.high[1]) - first**2)
        bounds.append(variance / (variance + (first - cut) ** 2))
    return min(1.0, min(bounds) * (1 + 64 * EPS))


class _Stacks:
    """The pairs of each node, each of which is used once."""

    def __init__(self, nodes: IntArray, ends: IntArray, size: int) -> None:
        counts = np.bincount(nodes, minlength=size)
        self._ends = np.append(ends[np.argsort(nodes, kind="stable")], DEAD)
        self._stop = np.cumsum(counts)
        self._next = self._stop - counts

    def draw(self, nodes: IntArray) -> IntArray:
        """The other end of the next pair of each node, in turn where walks meet; `DEAD` where no pair is left."""
        order = np.argsort(nodes, kind="stable")
        ranked = nodes[order]
        places = self._next[ranked] + np.arange(len(ranked)) - np.searchsorted(ranked, ranked)
        found = np.empty_like(nodes)
        found[order] = self._ends[np.where(places < self._stop[ranked], places, len(self._ends) - 1)]
        self._next += np.bincount(nodes, minlength=len(self._next))
        return found


def _walked(left: IntArray, right: IntArray, labels: npt.NDArray[Any], hops: int) -> tuple[int, IntArray, IntArray]:
    """The number of walks, of those that agree with their start after each hop, and of those that have died by then.

    Parameters
    ----------
    left, right : (n,), the ends of each pair, in random order: first those that start a walk
    labels : of the left nodes
    """
    walks = max(1, len(left) // (1 + SPARE * (2 * hops - 1)))
    ahead = walks + (len(left) - walks) * hops // (2 * hops - 1)
    to_left = _Stacks(right[walks:ahead], left[walks:ahead], right.max() + 1)
    to_right = _Stacks(left[ahead:], right[ahead:], left.max() + 1)
    own, here = labels[left[:walks]], right[:walks]
    agreed, died = np.zeros(hops, dtype=np.int64), np.zeros(hops, dtype=np.int64)
    for hop in range(hops):
        if hop:
            own, here = _alive(own, to_right.draw(here))
        own, here = _alive(own, to_left.draw(here))
        agreed[hop], died[hop] = np.sum(labels[here] == own), walks - len(here)
    return walks, agreed, died


def _alive(own: npt.NDArray[Any], here: IntArray) -> tuple[npt.NDArray[Any], IntArray]:
    return own[here != DEAD], here[here != DEAD]
