"""Facts of a graph, or of an encoder, that several bounds ask for are computed once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

Subject = TypeVar("Subject")
Fact = TypeVar("Fact")


def once_per_graph(measure: Callable[[Subject], Fact]) -> Callable[[Subject], Fact]:
    """The same function, which remembers its value for as long as the graph lives: graphs are immutable."""
    known: WeakKeyDictionary[Subject, Fact] = WeakKeyDictionary()

    @wraps(measure)
    def remembering(subject: Subject) -> Fact:
        if subject not in known:
            known[subject] = measure(subject)
        return known[subject]

    return remembering


once_per_encoder = once_per_graph  # encoders are immutable, too
