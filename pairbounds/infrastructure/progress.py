"""Progress in one line of stderr, in a terminal or a notebook; elsewhere, of long works, a line now and then."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from pairbounds.infrastructure.durations import format_duration

QUIET = "PAIRBOUNDS_QUIET"  # an environment variable that hides progress everywhere, whatever its value
PATIENCE = 3.0  # seconds without a sign that nobody minds
BETWEEN = 0.1  # seconds between two looks of a line
SELDOM = 30.0  # seconds between two lines where the line of a bar is not seen
KERNEL = "ipykernel.zmqshell"  # a module that is loaded in a notebook

Result = TypeVar("Result")


class Bar:
    """Line that counts, hidden where nobody looks at it, as in a file of logs, and cleared at its end.

    Parameters
    ----------
    items : those that an iteration over it counts
    total : at which it ends; by default the number of items, if that is known
    initial : from which it counts, as in work that is resumed
    delay : seconds before it is shown
    lines : whether a file of logs has a line now and then, from `PATIENCE` on, while it takes as long again
    """

    def __init__(
        self,
        items: Iterable[Any] = (),
        *,
        desc: str = "",
        total: float | None = None,
        unit: str = "",
        initial: float = 0,
        delay: float = 0.0,
        disable: bool = False,
        lines: bool = False,
    ) -> None:
        self.items, self.desc, self.unit, self.n = items, desc, unit, initial
        self.total = total or (len(items) if isinstance(items, Sized) else 0)
        self._first, self._begun, self._width = initial, time.monotonic(), 0
        self._hidden = disable or not _seen()
        self._logged = lines and self._hidden and not disable and not os.environ.get(QUIET)
        self._next = self._begun + (PATIENCE if self._logged else delay)

    def __iter__(self) -> Iterator[Any]:
        with self:
            for item in self.items:
                yield item
                self.update()

    def __enter__(self) -> Self:
        self.reach(self.n)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._print("")

    def update(self, count: float = 1, note: str = "") -> None:
        """Count further."""
        self.reach(self.n + count, note)

    def reach(self, n: float, note: str = "") -> None:
        """Count up to n."""
        self.n = n
        now = time.monotonic()
        if now >= self._next and not self._hidden:
            self._next = now + BETWEEN
            self._print(f"{self._counted(now)} {note}".rstrip())
        elif now >= self._next and self._logged and self._left(now) > PATIENCE:
            self._next = now + SELDOM
            print(f"{self._counted(now)} {note}".rstrip(), file=sys.stderr, flush=True)

    def write(self, text: str) -> None:
        """Print a line on stderr above the bar."""
        self._print("")
        print(text, file=sys.stderr)

    def _counted(self, now: float) -> str:
        if not self.total:
            return f"{self.desc}: {self.n:,.0f} {self.unit}"
        left = f", {format_duration(self._left(now))} left" if self._first < self.n < self.total else ""
        of = f" of {self.total:,.0f} {self.unit}" if self.unit else ""
        return f"{self.desc}: {self.n / self.total:4.0%}{of}{left}"

    def _left(self, now: float) -> float:
        """Seconds that it takes until its end, if it goes on so; 0 where nothing is known of it."""
        done = self.n - self._first
        return (now - self._begun) / done * max(0.0, self.total - self.n) if done > 0 else 0.0

    def _print(self, line: str) -> None:
        """Put a line in the place of that before."""
        if line or self._width:
            print(f"\r{line:<{self._width}}", end="" if line else "\r", file=sys.stderr, flush=True)
        self._width = len(line)


def _seen() -> bool:
    return not os.environ.get(QUIET) and (KERNEL in sys.modules or sys.stderr.isatty())


@contextmanager
def counting(function: Callable[[Any], Result], desc: str, unit: str) -> Iterator[Callable[[Any], Result]]:
    """The same function, whose calls are counted in a bar without an end, once they have taken `PATIENCE`."""
    with Bar(desc=desc, unit=unit, delay=PATIENCE) as bar:

        def counted(argument: Any) -> Result:
            bar.update()
            return function(argument)

        yield counted
