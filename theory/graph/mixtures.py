"""Mixture of two pair graphs with the same left nodes (theorem 12)."""

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.hypotheses import require
from pairbounds.theory.graph.pair_graph import PairGraph


def mixture(first: PairGraph, second: PairGraph, share: float) -> PairGraph:
    """Pair graph that draws its pairs from `first` with probability `share`, else from `second`.

    Left nodes are matched by row and keep the ids of `first`. The right side is the union of both, so the induced graph
    is the mixture of the induced graphs. Right ids become pairs (0 or 1, id); right labels are kept if both graphs have
    them. Linear in the number of pairs. AddNewPositive is such a mixture.

    Raises
    ------
    ValueError : `share` not in (0, 1), left sides with different labels
    HypothesisError : different left marginals
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share!r} is not between 0 and 1: give a share of both graphs")
    require(
        first.n_left == second.n_left and np.allclose(first.left_marginal, second.left_marginal, rtol=1e-9, atol=0),
        "the two left marginals differ: resample one graph to the other's",
    )
    are_equal = np.array_equal(np.array(first.left_labels), np.array(second.left_labels))
    if not are_equal or first.class_names != second.class_names:
        raise ValueError("the left labels of the two graphs differ: give graphs with the same left side")
    joint = sp.hstack([share * first.joint, (1 - share) * second.joint], format="csr")
    named = [graph.right_labels for graph in (first, second) if graph.right_labels is not None]
    both = np.concatenate(named) if len(named) == 2 else None
    ids = [(number, name) for number, graph in enumerate((first, second)) for name in graph.right_ids.tolist()]
    return PairGraph(
        joint,
        first.left_labels,
        both,
        left_ids=first.left_ids,
        right_ids=ids,
        class_names=first.class_names if first.left_labels is not None else None,
    )
