"""Pair graphs by name, of all rooms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pandas as pd

from pairbounds.infrastructure.names import find_named
from pairbounds.theory.graph.pair_graph import PairGraph

HOMES = ("pairbounds.simulations.simulated_graphs", "pairbounds.real_data.graphs")  # the modules with `GRAPHS`


@dataclass(frozen=True)
class GraphSource:
    """A pair graph that is made by name.

    Attributes
    ----------
    about : the pairs, in a line
    settings : a frozen dataclass, all of whose fields have defaults
    make : from the settings and a seed to the graph
    inputs : from the settings to the content keys of the files that they name
    chosen : from the settings to a sentence on those that the graph chose itself
    """

    about: str
    settings: type[Any]
    make: Callable[[Any, int], PairGraph]
    inputs: Callable[[Any], Mapping[str, object]] = lambda _: {}
    chosen: Callable[[Any], str] = lambda _: ""


def graph_sources() -> dict[str, GraphSource]:
    """Every graph that is made by name."""
    return {name: source for home in HOMES for name, source in import_module(home).GRAPHS.items()}


def find_graph(name: str) -> GraphSource:
    """The graph of a name, or a `ValueError`."""
    return find_named("graph", name, graph_sources())


def pair_table(graph: PairGraph) -> pd.DataFrame:
    """A row for each pair of a graph: image (left node), caption (right node), weight, and the left node's label."""
    pairs = graph.joint.tocoo()
    left, right = pairs.coords
    table = pd.DataFrame({"image": graph.left_ids[left], "caption": graph.right_ids[right], "weight": pairs.data})
    if graph.left_labels is None:
        return table
    labels = graph.left_labels[left]
    return table.assign(label=labels if graph.class_names is None else pd.Series(graph.class_names)[labels].to_numpy())
