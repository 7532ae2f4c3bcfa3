"""Progress bars, in a terminal or a notebook and nowhere else: widgets where it has ipywidgets, else lines of text."""

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import TqdmWarning

from pairbounds.infrastructure.durations import format_duration

with warnings.catch_warnings():
    warnings.simplefilter("ignore", TqdmWarning)
    from tqdm.auto import tqdm as _tqdm

QUIET = "TQDM_DISABLE"  # an environment variable that hides bars everywhere, whatever its value
PATIENCE = 3.0  # seconds without a bar that nobody minds
KERNEL = "ipykernel.zmqshell"  # a module that is loaded in a notebook


Item = TypeVar("Item")
Result = TypeVar("Result")


class tqdm(_tqdm):  # type: ignore[type-arg]  # noqa: N801  # named as what it is one of
    """Bar that is hidden where nobody looks at it, as in a file of logs."""

    def __init__(self, *items: Any, disable: bool | None = None, **options: Any) -> None:
        hidden = bool(disable) or not _seen()
        super().__init__(*items, disable=hidden, **options)  # type: ignore[call-overload]  # whatever tqdm takes


def _seen() -> bool:
    return not os.environ.get(QUIET) and (KERNEL in sys.modules or sys.stderr.isatty())


@contextmanager
def counting(function: Callable[[Any], Result], desc: str, unit: str) -> Iterator[Callable[[Any], Result]]:
    """The same function, whose calls are counted in a bar without an end, once they have taken `PATIENCE`."""
    with tqdm(desc=desc, unit=unit, delay=PATIENCE, leave=False) as bar:

        def counted(argument: Any) -> Result:
            bar.update()
            return function(argument)

        yield counted


def in_lines(items: Sequence[Item], desc: str, unit: str) -> Iterator[Item]:
    """The items of a long work; where no bar is seen, a line after each that took longer than `PATIENCE`."""
    start = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        seconds = (time.monotonic() - start) / number
        if seconds > PATIENCE and not _seen() and not os.environ.get(QUIET):
            left = f", {format_duration(seconds * (len(items) - number))} left" if number < len(items) else ""
            print(f"{desc}: {number} of {len(items)} {unit}{left}", file=sys.stderr, flush=True)
