"""Drawings of small pair graphs as SVG."""

from pathlib import Path

import jinja2
import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.pictures import BLUE, GREEN, NEUTRAL, ORANGE, PURPLE, SKY_BLUE, VERMILION
from pairbounds.theory.graph.pair_graph import PairGraph

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
MOST_NODES, MOST_PAIRS = 14, 80  # limits of a drawing: nodes of a side, and pairs
WRITTEN_PAIRS = 16  # most pairs of a drawing with written weights
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY_BLUE)
APART, ACROSS, ASIDE = 30, 240, 180  # pixels between nodes, between sides, and for the texts
THICKEST = 5.0


def is_small(graph: PairGraph) -> bool:
    """True if a graph is small enough to draw its nodes."""
    return max(graph.shape) <= MOST_NODES and graph.joint.nnz <= MOST_PAIRS


def graph_picture(graph: PairGraph) -> str:
    """Draw a small graph, with nodes coloured by class, and pairs as thick as their weights."""
    weights = graph.joint.toarray()
    thick = 0.6 + THICKEST * np.sqrt(weights / weights.max())
    edges = [
        {"left": x, "right": y, "thick": round(float(thick[x, y]), 2), "text": f"{weights[x, y]:.3g}"}
        for x, y in np.argwhere(weights).tolist()
    ]
    return TEMPLATES.get_template("bipartite.svg.jinja").render(
        columns=[_column(graph, side, labels) for side, labels in enumerate((graph.left_labels, graph.right_labels))],
        edges=edges,
        written=len(edges) <= WRITTEN_PAIRS,
        label=f"{graph.n_left} left and {graph.n_right} right nodes, joined by {len(edges)} pairs",
        width=2 * ASIDE + ACROSS,
        height=APART * max(graph.shape) + 10,
    )


def _column(graph: PairGraph, side: int, labels: IntArray | None) -> list[dict[str, object]]:
    """Circles and texts of the nodes of one side, centred vertically."""
    above = APART * (max(graph.shape) - graph.shape[side]) / 2
    return [
        {
            "x": ASIDE + side * ACROSS,
            "y": above + APART * (node + 0.6),
            "side": side,
            "text": f"{node}" if labels is None else f"{node} · class {labels[node]}",
            "colour": NEUTRAL if labels is None else COLOURS[labels[node] % len(COLOURS)],
        }
        for node in range(graph.shape[side])
    ]
