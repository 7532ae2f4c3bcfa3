"""Mixture of two pair graphs with the same left nodes (theorem 12)."""

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.checks import require
from pairbounds.theory.graph.pair_graph import PairGraph


def mixture(first: PairGraph, second: PairGraph, share: float) -> PairGraph:
    """Pair graph that draws its pairs from `first` with probability `share`, else from `second`.

    Both graphs have the same left nodes in the same order. The right side is the union of both, so the induced graph is
    the mixture of the induced graphs. Right ids become pairs (0 or 1, id); right labels are kept if both graphs have
    them. Linear in the number of pairs. AddNewPositive is such a mixture.

    Raises
    ------
    ValueError : `share` not in (0, 1); left ids, left labels or class names that differ
    HypothesisError : different left marginals
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share!r} is not between 0 and 1: give a share of both graphs")
    require(
        first.n_left == second.n_left and np.allclose(first.left_marginal, second.left_marginal, rtol=1e-9, atol=0),
        "the two left marginals differ: resample one graph to the other's",
    )
    first_ids, second_ids = first.left_ids.tolist(), second.left_ids.tolist()
    if first_ids != second_ids:
        row = next(row for row in range(first.n_left) if first_ids[row] != second_ids[row])
        raise ValueError(
            f"the left ids of the two graphs differ: row {row} is {first_ids[row]!r} in the first graph and "
            f"{second_ids[row]!r} in the second. Give graphs with the same left nodes in the same order."
        )
    if not np.array_equal(np.array(first.left_labels), np.array(second.left_labels)):
        raise ValueError("the left labels of the two graphs differ: give graphs with the same left side")
    if first.class_names != second.class_names:
        raise ValueError("the class names of the two graphs differ: give both graphs the same class_names")
    joint = sp.hstack([share * first.joint, (1 - share) * second.joint], format="csr")
    labels = [graph.right_labels for graph in (first, second) if graph.right_labels is not None]
    ids = [(number, name) for number, graph in enumerate((first, second)) for name in graph.right_ids.tolist()]
    return PairGraph(
        joint,
        first.left_labels,
        np.concatenate(labels) if len(labels) == 2 else None,
        left_ids=first.left_ids,
        right_ids=ids,
        class_names=first.class_names,
    )
