"""Run, errors and output of every command line of the project."""

import os
import signal
import sys
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from pairbounds.infrastructure.extras import advice
from pairbounds.infrastructure.threads import ask_libraries, limited_threads

PIPED_WIDTH = 130  # columns, where no terminal says how wide it is

CHECK_FAILED = 1
BAD_INPUT = 2
UNFORESEEN = 70
INPUT_ERRORS = (
    *(ValueError, TypeError, ArithmeticError, RuntimeError, OSError, MemoryError, ImportError),
    typer.TyperException,
)
BROKEN_PIPE = 141  # 128 + SIGPIPE, as where the signal ends a process
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories: controls, lone surrogates, separators of lines
SIGNALS = (signal.SIGINT, signal.SIGTERM)
REPEATED = 2.0  # seconds in which a second signal is taken for the same
STOPPED = "each file is complete or as before: give the same command again"
DIRECTIONS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # marks that reorder


HELP = {"help_option_names": ["-h", "--help"]}  # context settings of every command


class Command(TyperCommand):
    """A command, whose help ends with what `explain_NAME` of its module prints of the values given before `--help`."""

    @property
    def _explanation(self) -> Callable[[Mapping[str, Any]], None] | None:
        home = sys.modules[getattr(self.callback, "__module__", __name__)]
        return getattr(home, f"explain_{self.name}", None)

    def get_help_option(self, ctx: Any) -> Any:
        """`--help`, shown after the arguments that it explains are read."""
        option = super().get_help_option(ctx)
        if option is not None and self._explanation is not None:
            option.is_eager = False
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """See `TyperCommand`."""
        super().format_help(ctx, formatter)
        if self._explanation is not None:
            self._explanation(ctx.params)


def run(app: typer.Typer) -> None:
    """Run a command line and exit.

    With 0: done; 1: a bound failed or a check found something; 2: bad input, or no room for what is printed, in one
    line; 128 + the signal: stopped by SIGINT or SIGTERM; 141: nobody reads what it prints any more, which says nothing
    of what it found.
    """
    with _signals_as_interrupts() as received:
        code = _exit_code(app)
    if received:
        print(f"stopped by {received[0].name}: {STOPPED}", file=sys.stderr)
        code = 128 + received[0]
    _discard_unwritten()
    sys.exit(code)


@contextmanager
def _signals_as_interrupts() -> Iterator[list[signal.Signals]]:
    """Raise `KeyboardInterrupt` at the first SIGINT or SIGTERM in this block; the list of those received.

    `timeout` and `make` send a signal twice, to the process and to its group. One that comes later ends the process at
    once. Those that are ignored, as by `nohup`, stay ignored.
    """
    received: list[signal.Signals] = []
    first = 0.0

    def receive(number: int, _: FrameType | None) -> None:
        nonlocal first
        if received and time.monotonic() - first > REPEATED:
            os._exit(128 + number)
        if not received:
            received.append(signal.Signals(number))
            first = time.monotonic()
            raise KeyboardInterrupt

    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in heard}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(app: typer.Typer) -> int:
    """Run it, and say in one line what was wrong with the input."""
    try:
        if sys.stdout is None:  # as `>&-` has it: better before the work than after
            raise OSError("what is printed could not be written: the standard output is closed")
        ask_libraries()
        with limited_threads():  # of libraries that are loaded already
            code = app(standalone_mode=False)
        with _printing():
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (BrokenPipeError, SystemExit) as leaving:  # Typer and Rich make an exit of a broken pipe
        if not isinstance(leaving, BrokenPipeError) and not isinstance(leaving.__context__, BrokenPipeError):
            raise
        return BROKEN_PIPE
    except INPUT_ERRORS as error:
        if message := _message(error):  # empty where the help was shown in its place
            with suppress(OSError):  # nobody may read it
                echo(one_line(f"error: {message}"), err=True)
        return BAD_INPUT
    except Exception:
        echo(*traceback.format_exc().splitlines(), err=True)
        return UNFORESEEN  # not 1, which says that a check found something


def _message(error: Exception) -> str:
    if isinstance(error, typer.TyperException):
        return error.format_message()
    if isinstance(error, MemoryError):
        return f"memory ran out: give the process more, or less to do. {error}"
    if isinstance(error, ImportError):
        return f"{error.name or 'a module'} cannot be loaded: {error}{advice(error)}"
    return str(error)


@contextmanager
def _printing() -> Iterator[None]:
    """Raise an `OSError` in this block as one of printing, such as a full disk."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(f"what is printed could not be written: {error.strerror}") from error


def _discard_unwritten() -> None:
    """Discard output that cannot be written, so that the end of the process does not fail on it."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            print(end="", file=stream, flush=True)
        except OSError:
            assert stream is not None
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: object) -> str:
    """The text, with what a terminal would obey and not show spelled out in backslashes, as an escape is."""
    return "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in UNSEEN or ord(letter) in DIRECTIONS
        else letter
        for letter in str(text)
    )


def one_line(text: object) -> str:
    """The text in one line that is safe to print: a message of another library, a name out of a file."""
    return visible(" ".join(str(text).split()))


def echo(*lines: object, err: bool = False) -> None:
    """Print lines, each of them one line whatever is in it, to stdout or to stderr."""
    with _printing():
        for line in lines:
            print(visible(line), file=sys.stderr if err else sys.stdout)


def print_table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; `columns` are pairs of heading and justification ("left" or "right"). Names are no markup."""
    table = Table(title=Text(visible(title), "table.title"), title_justify="left", header_style="bold")
    for heading, justify in columns:
        table.add_column(Text(visible(heading)), justify="right" if justify == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console = Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH)
    with _printing():
        console.print(table)
