"""Progress of long work on stderr: a bar in a terminal, else a line every 30 seconds."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

UNITS = (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0), ("second", 1.0))
LEAST_UNITS = 1.5  # units: the least duration that is given in this unit

QUIET = "PAIRBOUNDS_QUIET"  # environment variable that hides progress, at any nonempty value
PROGRESS_DELAY_SECONDS = 3.0  # before the first progress
BAR_UPDATE_SECONDS = 0.1  # between updates of a bar
LINE_INTERVAL_SECONDS = 30.0  # outside a terminal

_shown = Progress(  # nested bars of this process
    BarColumn(20),
    TextColumn("{task.description}", markup=False),
    console=Console(stderr=True),
    auto_refresh=False,  # no thread: this process may fork
    transient=True,
)


def format_duration(seconds: float) -> str:
    """Duration in words, to two digits.

    Examples
    --------
    >>> from pairbounds.infrastructure.progress import format_duration
    >>> [format_duration(seconds) for seconds in (0.3, 42, 85, 2_388, 9_000)]
    ['a second', 'about 42 seconds', 'about 85 seconds', 'about 40 minutes', 'about 2.5 hours']
    """
    for unit, length in UNITS:
        if seconds >= LEAST_UNITS * length:
            return f"about {seconds / length:.2g} {unit}s"
    return "a second"


class Bar:
    """Progress bar of long work.

    Parameters
    ----------
    items : iterating over the bar yields and counts them
    total : count at the end; by default the number of items, if known
    initial : count at the start, for resumed work
    """

    def __init__(
        self,
        items: Iterable[Any] = (),
        *,
        desc: str = "",
        total: float | None = None,
        unit: str = "",
        initial: float = 0,
        disable: bool = False,
    ) -> None:
        self.items, self.desc, self.unit, self.n = items, desc, unit, initial
        self.total = total or (len(items) if isinstance(items, Sized) else 0)
        self._first, self._begun = initial, time.monotonic()
        self._next = self._begun + PROGRESS_DELAY_SECONDS
        self._hidden = disable or bool(os.environ.get(QUIET))
        self._task: TaskID | None = None

    def __iter__(self) -> Iterator[Any]:
        with self:
            for item in self.items:
                yield item
                self.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            _shown.remove_task(self._task)
            if not _shown.tasks:
                _shown.stop()

    def update(self, count: float = 1, note: str = "") -> None:
        """Add to the count."""
        self.reach(self.n + count, note)

    def reach(self, n: float, note: str = "") -> None:
        """Set the count to n."""
        self.n = n
        now = time.monotonic()
        if self._hidden or now < self._next or n == self.total:
            return
        text = f"{self._counted(now)} {note}".rstrip()
        if _shown.console.is_interactive:
            self._next = now + BAR_UPDATE_SECONDS
            if self._task is None:
                self._task = _shown.add_task(text, total=self.total or None)
                _shown.start()
            _shown.update(self._task, completed=n, description=text, refresh=True)
        else:
            self._next = now + LINE_INTERVAL_SECONDS
            print(text, file=sys.stderr, flush=True)

    def write(self, text: str) -> None:
        """Print a line on stderr above the bar."""
        _shown.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _counted(self, now: float) -> str:
        if not self.total:
            return f"{self.desc}: {self.n:,.0f} {self.unit}"
        total = f" of {self.total:,.0f} {self.unit}" if self.unit else ""
        text = f"{self.desc}: {self.n / self.total:4.0%}{total}"
        if self._first < self.n < self.total:
            seconds = (now - self._begun) / (self.n - self._first) * (self.total - self.n)
            text += f", {format_duration(seconds)} left"
        return text
