"""Positive pairs drawn from a graph, as batches or as a training set."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True, eq=False)
class PairSample:
    """The empirical graph of n pairs, and the indices of its nodes in the original graph.

    Attributes
    ----------
    graph : the distribution of the drawn pairs, on the drawn nodes
    left, right : index of each of its nodes in the original graph, (graph.n_left,) and (graph.n_right,)
    """

    graph: PairGraph
    left: IntArray
    right: IntArray


def whole_graph(graph: PairGraph) -> PairSample:
    """The whole graph as its own training set, the limit of infinitely many pairs."""
    return PairSample(graph, np.arange(graph.n_left), np.arange(graph.n_right))


def draw_pairs(graph: PairGraph, n: int, rng: np.random.Generator) -> PairSample:
    """A training set of n pairs, drawn independently from the joint distribution, as a graph.

    `ValueError`: n below 1.
    """
    if n < 1:
        raise ValueError(f"n={n} is too small: draw at least 1 pair")
    joint = graph.joint.tocoo()
    counts = rng.multinomial(n, joint.data / joint.data.sum())
    sample = sp.csr_array(sp.coo_array((counts, joint.coords), shape=joint.shape))
    sample.eliminate_zeros()
    left, right = (np.flatnonzero(sample.sum(axis=axis)) for axis in (1, 0))
    return PairSample(graph.reweighted(sample), left, right)


class PairSampler:
    """Sampler of batches of independent pairs; O(log n_pairs) for each pair."""

    def __init__(self, graph: PairGraph) -> None:
        by_right = sp.csc_array(graph.joint)
        self._left = by_right.indices
        self._ends = by_right.indptr[1:]
        self._cumulative = np.concatenate([[0.0], np.cumsum(by_right.data)])

    def pairs(self, size: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Left and right nodes of `size` pairs drawn from P, (size,) each."""
        entries = self._find(rng.random(size) * self._cumulative[-1])
        return self._left[entries].astype(np.int64), np.searchsorted(self._ends, entries, side="right")

    def induced_pairs(self, size: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Both left nodes of pairs drawn from `P_T`, (size,) each: that of a pair, and another of its right node."""
        left, right = self.pairs(size, rng)
        low, high = (self._cumulative[ends] for ends in (np.concatenate([[0], self._ends])[right], self._ends[right]))
        other = self._find(low + (high - low) * rng.random(size))
        return left, self._left[other].astype(np.int64)

    def _find(self, places: FloatArray) -> IntArray:
        indices = np.searchsorted(self._cumulative, places, side="right") - 1
        return np.minimum(indices, len(self._left) - 1)
