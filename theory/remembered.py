"""Facts of a graph that several bounds ask for are computed once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from theory.graph import PairGraph

Fact = TypeVar("Fact")


def once_per_graph(measure: Callable[[PairGraph], Fact]) -> Callable[[PairGraph], Fact]:
    """The same function, which remembers its value for as long as the graph lives: graphs are immutable."""
    known: WeakKeyDictionary[PairGraph, Fact] = WeakKeyDictionary()

    @wraps(measure)
    def remembering(graph: PairGraph) -> Fact:
        if graph not in known:
            known[graph] = measure(graph)
        return known[graph]

    return remembering
