"""A training set of positive pairs that are drawn from a graph."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True, eq=False)
class PairSample:
    """The empirical graph of n pairs, and where its nodes are in the graph that they were drawn from.

    Attributes
    ----------
    graph : the distribution of the drawn pairs, on the nodes that were drawn at all
    left, right : index of each of its nodes in the population, (graph.n_left,) and (graph.n_right,)
    """

    graph: PairGraph
    left: IntArray
    right: IntArray


def whole_graph(graph: PairGraph) -> PairSample:
    """The whole graph as its own training set: the limit of endless pairs."""
    return PairSample(graph, np.arange(graph.n_left), np.arange(graph.n_right))


def draw_pairs(graph: PairGraph, n: int, rng: np.random.Generator) -> PairSample:
    """A training set of n pairs, drawn independently from the joint distribution, as a graph of its own.

    Raises
    ------
    ValueError
        n below 1.
    """
    if n < 1:
        raise ValueError(f"n={n} pairs: draw at least 1")
    joint = graph.joint.tocoo()
    counts = rng.multinomial(n, joint.data / joint.data.sum())
    drawn = sp.csr_array(sp.coo_array((counts, joint.coords), shape=joint.shape))
    drawn.eliminate_zeros()
    left, right = (np.flatnonzero(drawn.sum(axis=axis)) for axis in (1, 0))
    sample = PairGraph(
        drawn,
        graph.left_labels,
        graph.right_labels,
        left_ids=graph.left_ids,
        right_ids=graph.right_ids,
        class_names=graph.class_names,
        drop_isolated=True,
    )
    return PairSample(sample, left, right)
