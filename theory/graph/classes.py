"""Classes of the nodes of a graph, and the pairs between them."""

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, once
from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.graph.labels import UNLABELLED

if TYPE_CHECKING:
    from pairbounds.theory.graph.pair_graph import PairGraph


@once
def class_cuts(graph: "PairGraph") -> FloatArray:
    """`Pr_{(x,x')~P_T}[y(x) = c, y(x') ≠ c]` of each class present on the left, (r,), in the order of their numbers.

    Linear in the pairs; errors as `induced_labelling_error` has.
    """
    return leaving_masses(pairs_by_class(graph))


@once
def pairs_by_class(graph: "PairGraph") -> sp.csc_array:
    """`P(c, l) = Σ_{x: y(x)=c} P(x, l)`, csc_array, (r, n_right), of the classes present on the left; not to change."""
    return sums_by_class(graph.joint, required_labels(graph, "left"))


def sums_by_class(joint: sp.csr_array | sp.csc_array, labels: IntArray) -> sp.csc_array:
    """The sums of the rows of each label, (r, m): by a product in which scipy transposes the labels, not the pairs."""
    return sp.csc_array((joint.T @ class_indicators(labels)).T)


def leaving_masses(by_class: sp.csc_array) -> FloatArray:
    """Probability that of two rows of one column, itself drawn by its mass, the first alone has each label, (r,)."""
    starts, counts = by_class.indptr[:-1], np.diff(by_class.indptr)
    marginal = np.repeat(np.add.reduceat(by_class.data, starts), counts)
    # The mass of the other classes; of the heaviest at each right node as a sum, for nearly all less it is round-off.
    order = np.lexsort((by_class.data, np.repeat(np.arange(len(starts)), counts)))
    heaviest = order[by_class.indptr[1:] - 1]
    lighter = by_class.data.copy()
    lighter[heaviest] = 0
    other_mass = marginal - by_class.data
    other_mass[heaviest] = np.add.reduceat(lighter, starts)
    leaving = np.bincount(by_class.indices, by_class.data / marginal * other_mass, by_class.shape[0]).astype(np.float64)
    leaving.flags.writeable = False
    return leaving


def class_indicators(labels: IntArray, classes: IntArray | None = None) -> sp.csr_array:
    """One-hot rows, csr_array, shape (n, r): a column for each class present, or for each of `classes`."""
    columns = np.unique(labels) if classes is None else classes
    positions = np.searchsorted(columns, labels)
    shape = (len(labels), len(columns))
    return sp.csr_array((np.ones(len(labels)), (np.arange(len(labels)), positions)), shape=shape)


def required_labels(graph: "PairGraph", side: str) -> IntArray:
    """The labels of one side, or a `HypothesisError` (a `ValueError`) that says what is missing."""
    labels = graph.left_labels if side == "left" else graph.right_labels
    if labels is None:
        raise HypothesisError(f"the graph has no {side} labels: build it with {side}_labels=...")
    missing = int(np.sum(labels == UNLABELLED))
    if missing:
        raise HypothesisError(
            f"{missing} of {len(labels)} {side} nodes have no label: graph.labelled() is the part of the graph that has"
        )
    return labels
