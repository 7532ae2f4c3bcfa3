"""SIGINT and SIGTERM end a command line in one line that says what is kept, with the exit code 128 + the signal."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
NOTHING = "nothing was written"
REPEATED = 2.0  # seconds: `timeout` and `make` send a signal twice, to the process and to its group


@dataclass
class _State:
    kept: str = NOTHING
    received: int | None = None
    when: float = 0.0
    delays: int = 0  # blocks of `signals_delayed` that have begun


_state = _State()


@contextmanager
def signals_end_in_one_line() -> Iterator[None]:
    """Let a block that exits end by a signal in one line, with all closed that it opened."""
    _state.kept, _state.received, _state.delays = NOTHING, None, 0
    before = _listen()
    try:
        yield
    except KeyboardInterrupt:
        pass
    except SystemExit as ending:
        if _state.received is None and ending.code != 128 + signal.SIGINT:
            raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    number = _state.received or signal.SIGINT
    # After the progress bars have ended theirs.
    print(f"stopped by {signal.Signals(number).name}: {_state.kept}", file=sys.stderr)
    # An interrupt that passed through `exec`, as a dataclass has while it is defined, stays noted: Python would end by
    # SIGINT in place of the exit code. The next `exec` takes the note away.
    exec("")
    sys.exit(128 + number)


@contextmanager
def message_if_stopped(during: str, afterwards: str) -> Iterator[None]:
    """Say what is kept if a signal ends this block, and what if one comes after it."""
    before, _state.kept = _state.kept, during
    try:
        yield
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):
            _state.kept = before
        raise
    _state.kept = afterwards


@contextmanager
def signals_delayed() -> Iterator[None]:
    """Finish the work of this block before a signal ends it."""
    _state.delays += 1
    try:
        yield
    finally:
        _state.delays -= 1
    if _state.received is not None and not _state.delays:
        raise KeyboardInterrupt


def _listen() -> dict[signal.Signals, Any]:
    """Set the handler of each signal that is not ignored, as `nohup` and a shell's background have it; what was set."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    caught = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    return {one: signal.signal(one, _receive) for one in caught}


def _receive(number: int, _: FrameType | None) -> None:
    if _state.received is not None:
        if time.monotonic() - _state.when > REPEATED:
            os._exit(128 + number)
        return
    _state.received, _state.when = number, time.monotonic()
    if not _state.delays:
        raise KeyboardInterrupt
