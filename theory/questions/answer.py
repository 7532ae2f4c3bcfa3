"""An answer: a table for programs and figures, and sentences for people."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph


class Answer(NamedTuple):
    """An answer about a pair graph.

    Attributes
    ----------
    table : a row for each size that was asked for
    words : sentences, the last of which is one to act on
    """

    table: pd.DataFrame
    words: tuple[str, ...]


def with_usable_labels(graph: PairGraph) -> tuple[PairGraph, list[str]]:
    """The graph, without labels where a node of a labelled side has none, and a sentence on what is left out then."""
    if graph.left_labels is None:
        return graph, ["The graph has no labels: what concerns classes is left out. Give --labels FILE."]
    sides = [labels for labels in (graph.left_labels, graph.right_labels) if labels is not None]
    missing = sum(int(np.sum(labels == UNLABELLED)) for labels in sides)
    if not missing:
        return graph, []
    nodes = graph.n_left + graph.n_right
    bare = PairGraph(graph.joint, left_ids=graph.left_ids, right_ids=graph.right_ids)
    return bare, [f"{missing:,} of {nodes:,} nodes have no label: what concerns classes is left out."]
