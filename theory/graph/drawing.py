"""Pair graphs as HTML for notebooks, with a drawing of small graphs."""

import numpy as np

from pairbounds.infrastructure.arrays import Array, FloatArray, IntArray
from pairbounds.infrastructure.html import card, render, shown
from pairbounds.infrastructure.palette import BLUE, GREEN, NEUTRAL, ORANGE, PURPLE, SKY_BLUE, VERMILION
from pairbounds.theory.graph.labels import UNLABELLED, count_of_classes
from pairbounds.theory.graph.pair_graph import PairGraph

MOST_NODES, MOST_PAIRS = 14, 80  # limits of a drawing: nodes of a side, and pairs
WRITTEN_PAIRS = 16  # most pairs of a drawing with written weights
MOST_CLASSES = 12  # in the list
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY_BLUE)
APART, ACROSS, ASIDE = 30, 240, 180  # pixels between nodes, between sides, and for the names
THICKEST = 5.0
LONGEST_NAME = 12  # characters of an id, and of a class


def graph_card(graph: PairGraph) -> str:
    """A pair graph as HTML."""
    names, classes = graph.class_names or (), count_of_classes(graph.left_labels)
    classes += f", the first {MOST_CLASSES} below" if len(names) > MOST_CLASSES else ""
    return card(
        "PairGraph",
        {"left nodes": graph.n_left, "right nodes": graph.n_right, "pairs": graph.joint.nnz, "labels": classes},
        pictures=[graph_picture(graph, graph.joint.toarray())] if is_small(graph) else [],
        columns=["class", "left nodes", "right nodes", "left mass"] if names else [],
        rows=[_class_row(graph, label, name) for label, name in enumerate(names[:MOST_CLASSES])],
    )


def _class_row(graph: PairGraph, label: int, name: str) -> tuple[object, ...]:
    """Name, left and right nodes and left mass of a class; empty on a side without labels."""
    left, right = (None if labels is None else labels == label for labels in (graph.left_labels, graph.right_labels))
    counts = ("" if side is None else int(side.sum()) for side in (left, right))
    return name, *counts, "" if left is None else f"{graph.left_marginal[left].sum():.1%}"


def is_small(graph: PairGraph) -> bool:
    """True if a graph is small enough to draw its nodes."""
    return max(graph.shape) <= MOST_NODES and graph.joint.nnz <= MOST_PAIRS


def graph_picture(graph: PairGraph, weights: FloatArray) -> str:
    """Draw a small graph as SVG, with nodes coloured by class, and the thickness and text of pairs from `weights`."""
    thick = 0.6 + THICKEST * np.sqrt(weights / weights.max())
    edges = [
        {"left": x, "right": y, "thick": round(float(thick[x, y]), 2), "text": f"{weights[x, y]:.3g}"}
        for x, y in np.argwhere(weights).tolist()
    ]
    return render(
        "bipartite",
        columns=[
            _column(graph, 0, graph.left_ids, graph.left_labels),
            _column(graph, 1, graph.right_ids, graph.right_labels),
        ],
        edges=edges,
        written=len(edges) <= WRITTEN_PAIRS,
        label=f"{graph.n_left} left and {graph.n_right} right nodes, joined by {len(edges)} pairs",
        width=2 * ASIDE + ACROSS,
        height=APART * max(graph.shape) + 10,
    )


def _column(graph: PairGraph, side: int, ids: Array, labels: IntArray | None) -> list[dict[str, object]]:
    """Circles and texts of the nodes of one side, centred vertically."""
    above = APART * (max(graph.shape) - len(ids)) / 2
    classes = [UNLABELLED] * len(ids) if labels is None else labels.tolist()
    names = graph.class_names
    nodes: list[dict[str, object]] = []
    for number, (name, label) in enumerate(zip(ids.tolist(), classes, strict=True)):
        has_label = label != UNLABELLED
        kind = f"class {label}" if names is None else shown(names[label], LONGEST_NAME)
        nodes.append(
            {
                "x": ASIDE + side * ACROSS,
                "y": above + APART * (number + 0.6),
                "side": side,
                "text": shown(name, LONGEST_NAME) + (f" · {kind}" if has_label else ""),
                "colour": COLOURS[label % len(COLOURS)] if has_label else NEUTRAL,
            }
        )
    return nodes
