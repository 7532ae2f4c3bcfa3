"""SIGINT and SIGTERM end a command line in one line that says what is kept, with the exit code 128 + the signal.

So does want of memory, with 2. A package of commands imports this module first of all: the seconds in which numpy and
torch are loaded are guarded too.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from pairbounds.infrastructure.extras import advice
from pairbounds.infrastructure.memory import require_room, require_room_to_load
from pairbounds.infrastructure.threads import ask_libraries

App = Callable[..., object]
Handler = Callable[[int, FrameType | None], object]

SCRIPT = "pairbounds"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
NOTHING = "nothing was written"
CANNOT_START = 2  # bad input: the machine's limits, or what is installed
ONE_WISH = 2.0  # seconds: `timeout` and `make` say it twice, to the process and to its group


@dataclass
class _State:
    kept: str = NOTHING
    received: int | None = None
    when: float = 0.0
    sheltered: int = 0


_state = _State()


def handle_signals(run: Callable[[Any], None]) -> Callable[[App], None]:
    """Let a function that runs a command line and exits end by a signal in one line, with all closed that it opened."""

    @wraps(run)
    def listening(app: App) -> None:
        _state.kept, _state.received, _state.sheltered = NOTHING, None, 0
        sys.excepthook = sys.__excepthook__
        before = _listen(_hear)
        try:
            run(partial(_called, app))
        except KeyboardInterrupt:
            pass
        except SystemExit as ending:
            if _state.received is None and ending.code != 128 + signal.SIGINT:
                raise
        finally:
            # A process that ends drops Python's handlers before it is gone, and the default would kill it.
            for one, handler in before.items():
                signal.signal(one, signal.SIG_IGN if handler is _end_at_once else handler)
        number = _state.received or signal.SIGINT
        print(_line(number), file=sys.stderr)  # after the progress bars have ended theirs
        # An interrupt that passed through `exec`, as a dataclass has while it is defined, stays noted: Python would
        # end by SIGINT in place of the exit code. The next `exec` takes the note away.
        exec("")
        sys.exit(128 + number)

    return listening


@contextmanager
def keeping(kept: str, then: str) -> Iterator[None]:
    """Say what is kept if a signal ends this block, and what if one comes after it."""
    before, _state.kept = _state.kept, kept
    try:
        yield
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):
            _state.kept = before
        raise
    _state.kept = then


@contextmanager
def sheltered() -> Iterator[None]:
    """Finish the work of this block before a signal is heard."""
    _state.sheltered += 1
    try:
        yield
    finally:
        _state.sheltered -= 1
    if _state.received is not None and not _state.sheltered:
        raise KeyboardInterrupt


def _called(app: App, **options: object) -> object:
    """Say in an error of one line what would be a traceback: memory that ran out, for data or for code."""
    try:
        require_room()
        return app(**options)
    except MemoryError as error:
        raise RuntimeError(f"memory ran out: give the process more, or less to do. {error}") from error
    except ImportError as error:
        raise RuntimeError(f"{error.name or 'a module'} cannot be loaded: {error}{advice(error)}") from error


def _listen(handler: Handler) -> dict[signal.Signals, Any]:
    """Set the handler of each signal that is not ignored, as `nohup` and a shell's background have it; what was set."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    heard_here = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    return {one: signal.signal(one, handler) for one in heard_here}


def _hear(number: int, _: FrameType | None) -> None:
    if _state.received is not None:
        if time.monotonic() - _state.when > ONE_WISH:
            os._exit(128 + number)
        return
    _state.received, _state.when = number, time.monotonic()
    if not _state.sheltered:
        raise KeyboardInterrupt


def _line(number: int) -> str:
    return f"stopped by {signal.Signals(number).name}: {_state.kept}"


# Before `run`, while modules are loaded: nothing has been written yet.


def _is_command_line() -> bool:
    words = sys.orig_argv
    if any(Path(word).name == SCRIPT for word in words[:2]):
        return True
    return "-m" in words[:-1] and words[words.index("-m") + 1].partition(".")[0] == SCRIPT


def _end_at_once(number: int, _: FrameType | None) -> NoReturn:
    os.write(2, f"{_line(number)}\n".encode())
    os._exit(128 + number)


def _fail_at_once(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, ImportError | MemoryError | OSError | SystemError):
        sys.__excepthook__(kind, error, trace)
        return
    said = " ".join(str(error).split()) + (advice(error) if isinstance(error, ImportError) else "")
    os.write(2, f"error: this does not start here, for want of memory or of a package: {said}\n".encode())
    os._exit(CANNOT_START)  # not 1, which says that a check found something


if _is_command_line():
    _listen(_end_at_once)
    sys.excepthook = _fail_at_once
    require_room_to_load()
    try:
        ask_libraries()
    except ValueError as error:
        os.write(2, f"error: {error}\n".encode())
        os._exit(CANNOT_START)
