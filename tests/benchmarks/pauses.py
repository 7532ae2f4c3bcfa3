"""The pauses of a processor whose host gives it to others meanwhile, as the virtual machines of busy hosts see them.

The CPU time of a process counts such pauses, and nothing in the machine tells of them: a product that takes .09 s
takes .09 to 2 s. But a process of the highest priority that sleeps for a moment at a time wakes late by a pause.
"""

import mmap
import os
import signal
import time
from types import TracebackType
from typing import Self

import numpy as np

TICK = 2e-4  # seconds of a sleep: to wake more often makes a host pause more often, too
LATE = 8e-5  # seconds after which a waking was delayed by a pause
MOST = 1 << 24  # pauses: five hundred a second for nine hours


class Pauses:
    """Keep this process to one processor, before all others there, and note when that was paused, meanwhile.

    `PermissionError` where the system does not grant that: it takes Linux, and to be root as a rule.
    """

    def __init__(self) -> None:
        self._log = np.frombuffer(mmap.mmap(-1, 8 * (1 + 2 * MOST)))  # how many there are; begin and end of each

    def __enter__(self) -> Self:
        try:
            self._before = os.sched_getaffinity(0), os.sched_getscheduler(0), os.sched_getparam(0)
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except (AttributeError, PermissionError) as error:
            raise PermissionError("no real-time priority is granted here, by which pauses are noted") from error
        os.sched_setaffinity(0, {max(self._before[0])})
        self._log[0] = -1
        self._watcher = os.fork()
        if self._watcher == 0:
            try:
                self._watch()
            finally:  # whatever happens, this is no second process that goes on from here
                os._exit(0)
        while self._log[0] < 0:  # a fork of a large process may take longer to begin than the first run
            time.sleep(TICK)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        os.kill(self._watcher, signal.SIGKILL)
        os.waitpid(self._watcher, 0)
        os.sched_setaffinity(0, self._before[0])
        os.sched_setscheduler(0, *self._before[1:])

    def between(self, begin: float, end: float) -> float:
        """Seconds of pauses between two times of `time.perf_counter`, the second of which was just now."""
        time.sleep(5 * TICK)  # until it is noted
        if os.waitid(os.P_PID, self._watcher, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            raise RuntimeError("nobody watches for pauses any more")
        begins, ends = self._log[1 : 1 + 2 * int(self._log[0])].reshape(-1, 2).T
        since = np.searchsorted(ends, begin)
        return float(np.maximum(0, np.minimum(ends[since:], end) - np.maximum(begins[since:], begin)).sum())

    def _watch(self) -> None:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(2))
        due, self._log[0], parent = time.perf_counter() + TICK, 0, os.getppid()
        while os.getppid() == parent:
            time.sleep(max(0.0, due - time.perf_counter()))
            now = time.perf_counter()
            if now > due + LATE:
                place = 1 + 2 * int(self._log[0])
                self._log[place : place + 2] = due - TICK / 2, now
                self._log[0] += 1
            due = now + TICK
