"""Facts of a graph, of an encoder, or of a graph and its spectrum, that several bounds ask for are computed once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

Measure = TypeVar("Measure", bound=Callable[..., Any])


def once(measure: Measure) -> Measure:
    """The same function of one or more immutable subjects: it remembers a value for as long as they all live.

    No value may refer to a subject, which would never die. Threads that ask together may each compute it.
    """
    known: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(measure)
    def remembering(*subjects: Any) -> Any:
        facts = known
        for subject in subjects[:-1]:
            facts = facts.setdefault(subject, WeakKeyDictionary())
        if subjects[-1] not in facts:
            facts[subjects[-1]] = measure(*subjects)
        return facts[subjects[-1]]

    return cast(Measure, remembering)
