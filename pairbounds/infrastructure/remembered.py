"""Cache for quantities of immutable objects, such as graphs, spectra and encoders."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

Measure = TypeVar("Measure", bound=Callable[..., Any])


def once(measure: Measure) -> Measure:
    """Cache a function of one or more immutable arguments for as long as all arguments live.

    A value must not refer to an argument, which would then never be freed. Concurrent threads may compute it twice.
    """
    cache: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(measure)
    def remembering(*subjects: Any) -> Any:
        facts = cache
        for subject in subjects[:-1]:
            facts = facts.setdefault(subject, WeakKeyDictionary())
        if subjects[-1] not in facts:
            facts[subjects[-1]] = measure(*subjects)
        return facts[subjects[-1]]

    return cast(Measure, remembering)
