"""Pair graphs in a notebook: their facts, their classes, and where they are small, themselves."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.html import card, render, shown
from pairbounds.infrastructure.palette import BLUE, GREEN, NEUTRAL, ORANGE, PURPLE, SKY_BLUE, VERMILION
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph

MOST_NODES, MOST_PAIRS = 14, 80  # of a side, and of all, that are drawn
WRITTEN_PAIRS = 16  # of which the weights are written, too
MOST_CLASSES = 12  # that are listed
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY_BLUE)
APART, ACROSS, ASIDE = 30, 240, 180  # pixels between nodes, between sides, and for the names
THICKEST = 5.0
LONGEST_NAME = 12  # characters of an id, and of a class


def graph_card(graph: PairGraph) -> str:
    """A pair graph as HTML."""
    facts = {"left nodes": graph.n_left, "right nodes": graph.n_right, "pairs": graph.joint.nnz}
    picture = graph_picture(graph, graph.joint.toarray()) if is_small(graph) else None
    return card(
        "PairGraph",
        facts | {"classes": class_summary(graph, MOST_CLASSES)},
        pictures=[] if picture is None else [picture],
        columns=["class", "left nodes", "right nodes", "left mass"] if graph.class_names else [],
        rows=_class_rows(graph),
    )


def class_summary(graph: PairGraph, most: int) -> str:
    """Number of classes on the left side, and of its nodes without one, in words."""
    labels = graph.left_labels
    if labels is None:
        return "none: unlabelled"
    missing, total = int(np.sum(labels == UNLABELLED)), np.unique(labels[labels != UNLABELLED]).size
    listed = f", the first {most} below" if graph.class_names and len(graph.class_names) > most else ""
    return f"{total}{listed}" + (f"; {missing} left nodes unlabelled" if missing else "")


def _class_rows(graph: PairGraph) -> Iterator[tuple[object, ...]]:
    for label, name in enumerate((graph.class_names or ())[:MOST_CLASSES]):
        left, right = (labels == label if labels is not None else None for labels in _labels(graph))
        mass = "" if left is None else f"{graph.left_marginal[left].sum():.1%}"
        yield name, *("" if side is None else int(side.sum()) for side in (left, right)), mass


def _labels(graph: PairGraph) -> tuple[IntArray | None, IntArray | None]:
    return graph.left_labels, graph.right_labels


def is_small(graph: PairGraph) -> bool:
    """Return whether a graph is small enough to be drawn node by node."""
    return max(graph.joint.shape) <= MOST_NODES and graph.joint.nnz <= MOST_PAIRS


class Node(NamedTuple):
    """A circle, and what stands beside it."""

    x: int
    y: float
    side: int
    text: str
    colour: str


class Edge(NamedTuple):
    """A pair: the numbers of its nodes, how thick it is drawn, and what is written on it."""

    left: int
    right: int
    thick: float
    text: str


def graph_picture(graph: PairGraph, weights: FloatArray) -> str:
    """A small graph as SVG: left nodes on the left, coloured by class, and pairs as thick as their weight.

    Parameters
    ----------
    weights : (n_left, n_right), the weights as they are to be written
    """
    thick = 0.6 + THICKEST * np.sqrt(weights / weights.max())
    edges = [
        Edge(left, right, round(float(thick[left, right]), 2), f"{weights[left, right]:.3g}")
        for left, right in np.argwhere(weights).tolist()
    ]
    return render(
        "bipartite",
        columns=[_column(graph, side) for side in (0, 1)],
        edges=edges,
        written=len(edges) <= WRITTEN_PAIRS,
        label=f"{graph.n_left} left and {graph.n_right} right nodes, joined by {len(edges)} pairs",
        width=2 * ASIDE + ACROSS,
        height=APART * max(graph.joint.shape) + 10,
    )


def _column(graph: PairGraph, side: int) -> list[Node]:
    """The nodes of one side, in the middle of the height."""
    ids, labels = (graph.left_ids, graph.right_ids)[side], _labels(graph)[side]
    above = APART * (max(graph.joint.shape) - len(ids)) / 2
    classes = [UNLABELLED] * len(ids) if labels is None else labels.tolist()
    return [
        Node(
            ASIDE + side * ACROSS,
            above + APART * (number + 0.6),
            side,
            shown(name, LONGEST_NAME) + _class_of(graph, label),
            NEUTRAL if label == UNLABELLED else COLOURS[label % len(COLOURS)],
        )
        for number, (name, label) in enumerate(zip(ids.tolist(), classes, strict=True))
    ]


def _class_of(graph: PairGraph, label: int) -> str:
    if label == UNLABELLED:
        return ""
    return f" · class {label}" if graph.class_names is None else f" · {shown(graph.class_names[label], LONGEST_NAME)}"
