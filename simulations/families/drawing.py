"""Every family in one picture: a small graph of it, and its spectrum with the closed form marked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pairbounds.infrastructure.palette import BLUE, EDGE, GREEN, GRID, INK, NEUTRAL, ORANGE, PURPLE, SKY_BLUE, VERMILION
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.simulations.families.family import ClosedForm, Family
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum

LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (PURPLE, "D"), (ORANGE, "v"), (SKY_BLUE, "P"))
UNLABELLED = (NEUTRAL, "X")
FORMULA = VERMILION
ACROSS = 3  # families in a row
VALUES = 16  # of the spectrum, at most


def draw_families(families: Mapping[str, Family], path: Path, seed: int = 0) -> None:
    """Write one picture of all of them, PNG or PDF by its suffix; classes are colours and shapes."""
    rows = -(-len(families) // ACROSS)
    picture = Figure(figsize=(4.6 * ACROSS, 2.3 * rows + 0.4), layout="constrained")
    panels = picture.subplots(rows, 2 * ACROSS, squeeze=False).reshape(-1, 2)
    for (name, family), (left, right) in zip(families.items(), panels, strict=False):
        graph = family.graph(seed)
        _draw_graph(left, graph)
        left.set_title(name, loc="left", fontsize=10, fontweight="bold")
        _draw_spectrum(right, family, graph)
    for axes in panels[len(families) :].flat:
        axes.set_axis_off()
    picture.legend(handles=_legend(), loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    save_picture(picture, path, dpi=150)


def _draw_graph(axes: Axes, graph: PairGraph) -> None:
    """Left nodes large, right nodes small and hollow, near those that they are paired with."""
    network = graph.to_networkx()
    places = nx.spring_layout(network, seed=0, iterations=200)
    weights = np.array([edge["weight"] for _, _, edge in network.edges(data=True)])
    widths = 0.1 + weights / weights.max()
    nx.draw_networkx_edges(network, places, ax=axes, width=widths, edge_color=EDGE, alpha=0.5)
    for side, size in ((1, 12), (0, 34)):
        for kind, (color, shape) in (*enumerate(LOOKS), (None, UNLABELLED)):
            nodes = network.nodes(data=True)
            of_kind = [v for v, at in nodes if (at["bipartite"], _look(at.get("label"))) == (side, kind)]
            face, edge = ("white", color) if side else (color, "white")
            marks: dict[str, Any] = {
                "node_size": size,
                "node_color": face,
                "node_shape": shape,
                "edgecolors": edge,
                "linewidths": 0.7,
            }
            nx.draw_networkx_nodes(network, places, of_kind, ax=axes, **marks)
    axes.set_axis_off()


def _look(label: int | None) -> int | None:
    """The place of a class in `LOOKS`; none of a node without one."""
    return None if label is None else label % len(LOOKS)


def _draw_spectrum(axes: Axes, family: Family, graph: PairGraph) -> None:
    k = min(graph.n_left, graph.n_right, VALUES)
    index = np.arange(1, k + 1)
    axes.plot(index, spectrum(graph, k).singular_values, "o", color=INK, ms=4)
    if isinstance(family, ClosedForm):
        axes.plot(index, family.singular_values(k), "D", color=FORMULA, ms=6.5, mfc="none", mew=1.2)
    axes.set(ylim=(-0.05, 1.08), xlim=(0, max(k, 4) + 1), xlabel="$i$", ylabel=r"singular value $\sigma_i$")
    axes.set_title(rf"$\alpha_T$ = {induced_labelling_error(graph):.2f}", loc="left", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=GRID, linewidth=0.6)


def _legend() -> list[Line2D]:
    color = LOOKS[0][0]
    marks = [
        ("o", color, "left node (image, view): colour and shape are the class", 7, color),
        ("o", color, "right node (caption, natural image)", 4, "none"),
        ("o", INK, "spectrum of this graph", 4, INK),
        ("D", FORMULA, "closed form, of its expectation or limit", 6.5, "none"),
    ]
    return [
        Line2D([], [], ls="", marker=shape, color=color, label=label, ms=size, mfc=face)
        for shape, color, label, size, face in marks
    ]
