"""Theorem 30: coarser captions: the gap grows and the pairs become less consistent.

In words: To merge captions, by any rule, can only lower the singular values and raise the labelling error of the
induced pairs: granularity is a trade-off.

A channel K(m | l) from captions to others gives `P'(x, m) = Σ_l P(x, l) K(m | l)`. To remove images is no channel. The
page has the merging of images, too.

Proof: `docs/theorems/theorem30.md`. Source: new here; the data-processing inequality for maximal correlations is
Witsenhausen 1975. Cost: linear in the pairs times what each caption is spread over.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph


def coarser(graph: PairGraph, channel: Any) -> PairGraph:
    """The graph with its right nodes merged, or sent through a channel: the groups in sorted order, without labels.

    `channel`: (n_right,) the group of each right node, of any kind; or (n_right, m), dense or sparse, rows that sum to
    1. `ValueError`: a group for each of another number of nodes; a matrix whose rows are no probabilities.
    """
    groups = None
    if not sp.issparse(channel) and np.ndim(channel) == 1:
        if len(channel) != graph.n_right:
            raise ValueError(f"{len(channel)} groups for {graph.n_right} right nodes")
        groups, group_of = np.unique(np.asarray(channel), return_inverse=True)
        matrix = sp.csr_array((np.ones(graph.n_right), (np.arange(graph.n_right), group_of)))
    else:
        matrix = sp.csr_array(channel, dtype=np.float64)
        sums: FloatArray = matrix.sum(axis=1)
        if matrix.shape[0] != graph.n_right or matrix.data.min(initial=0) < 0 or not np.allclose(sums, 1):
            raise ValueError(f"a channel has {graph.n_right} rows of probabilities, one for each right node")
    names = graph.class_names if graph.left_labels is not None else None
    return PairGraph(
        graph.joint @ matrix,
        graph.left_labels,
        left_ids=graph.left_ids,
        right_ids=groups,
        class_names=names,
        drop_isolated=True,
    )


STATEMENTS = (
    Statement(
        "coarser-captions",
        coarser,
        "tests/bounds/test_coarser_captions.py",
        "`σ'_i <= σ_i, α'_T >= α_T` for every i, if captions are merged, or sent through any channel.",
        kept="published: Witsenhausen 1975",
    ),
)
