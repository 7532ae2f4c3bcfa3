"""Registry of the named pair graphs of all packages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pandas as pd

from pairbounds.infrastructure.checks import find_named
from pairbounds.theory.graph.pair_graph import PairGraph

HOMES = ("pairbounds.simulations.simulated_graphs", "pairbounds.real_data.graphs")  # modules with `GRAPHS`


@dataclass(frozen=True)
class GraphSource:
    """A named pair graph.

    Attributes
    ----------
    about : description of the pairs, in a line
    settings : a frozen dataclass with a default for each field
    make : makes the graph from the settings and a seed
    inputs : content keys of the files that the settings name
    chosen : sentence about settings that were chosen automatically
    """

    about: str
    settings: type[Any]
    make: Callable[[Any, int], PairGraph]
    inputs: Callable[[Any], Mapping[str, object]] = lambda _: {}
    chosen: Callable[[Any], str] = lambda _: ""


def graph_sources() -> dict[str, GraphSource]:
    """All named pair graphs."""
    return {name: source for home in HOMES for name, source in import_module(home).GRAPHS.items()}


def find_graph(name: str) -> GraphSource:
    """Source of a named graph; a `ValueError` for an unknown name."""
    return find_named("graph", name, graph_sources())


def pair_table(graph: PairGraph) -> pd.DataFrame:
    """Table of the pairs of a graph: image (left node), caption (right node), weight, and the image's label."""
    pairs = graph.joint.tocoo()
    left, right = pairs.coords
    table = pd.DataFrame({"image": graph.left_ids[left], "caption": graph.right_ids[right], "weight": pairs.data})
    if graph.left_labels is None:
        return table
    labels = graph.left_labels[left]
    return table.assign(label=labels if graph.class_names is None else pd.Series(graph.class_names)[labels].to_numpy())
