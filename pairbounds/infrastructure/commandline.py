"""Entry point, options, errors and output of all command lines."""

import csv
import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from pairbounds.infrastructure.users_code import advice
from pairbounds.infrastructure.workers import ask_libraries, limited_threads

PIPED_WIDTH = 130  # columns, if the output is not a terminal

CHECK_FAILED = 1
BAD_INPUT = 2
UNFORESEEN = 70
INPUT_ERRORS = (
    *(ValueError, TypeError, ArithmeticError, RuntimeError, OSError, MemoryError, ImportError),
    typer.TyperException,
)
BROKEN_PIPE = 141  # 128 + SIGPIPE, the exit status of a process that SIGPIPE ends
# Characters that a terminal obeys or cannot print: controls, marks of direction, line separators, lone surrogates.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SIGNALS = (signal.SIGINT, signal.SIGTERM)
REPETITION_SECONDS = 2.0  # a second signal within them counts as a repetition
STOPPED = "each file is complete or unchanged. Run the command again to continue"
ARGUMENT = re.compile(r"`([a-z_]+)=([^`\s]*)`")  # of a function, in a message
HELP = {"help_option_names": ["-h", "--help"]}  # context settings of every command

COLUMNS_HELP = "Names of the columns of a table: the two ends of a pair and, if there are weights, the weight."
FORCE_HELP = "Overwrite existing output files even if pairbounds did not write them. Inputs are never overwritten."
Columns = Annotated[str | None, typer.Option(metavar="IMAGE,CAPTION[,WEIGHT]", help=COLUMNS_HELP)]
Force = Annotated[bool, typer.Option("--force", help=FORCE_HELP)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the amount of work, and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]
Out = Annotated[Path | None, typer.Option(help="Also write the table: .csv, .parquet or .tex.")]
Plugin = Annotated[Path | None, typer.Option(metavar="FILE.py", help="A Python file with your own bounds.")]


def without_flag_types(parameters: list[Any]) -> list[Any]:
    """Parameters of a command, with an empty metavar for flags, which take no value. Typer prints `<bool>`."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters


class Command(TyperCommand):
    """Command whose help ends with the output of its module's `explain_NAME`, called with options before `--help`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The terminal breaks lines. Typer would keep the breaks of the source, too.
        self.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in (self.help or "").split("\n\n"))

    @property
    def _explanation(self) -> Callable[[Mapping[str, Any]], None] | None:
        home = sys.modules[getattr(self.callback, "__module__", __name__)]
        return getattr(home, f"explain_{self.name}", None)

    def get_params(self, ctx: Any) -> list[Any]:
        """Parameters with the option `--help`."""
        return without_flag_types(super().get_params(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        """Option `--help`, parsed after the options that `explain_NAME` needs."""
        option = super().get_help_option(ctx)
        if option is not None and self._explanation is not None:
            option.is_eager = False
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and then the explanation."""
        super().format_help(ctx, formatter)
        if self._explanation is not None:
            self._explanation(ctx.params)


def run(app: typer.Typer) -> None:
    """Run a command line and exit.

    Exit codes: 0: success; 1: a bound is violated, or a check found a problem; 2: bad input, or the output could not be
    written; 70: a bug; 128 + the signal: stopped by SIGINT or SIGTERM; 141: broken pipe, whatever the command found.
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
    """Raise `KeyboardInterrupt` at the first SIGINT or SIGTERM in this block. Yields the list of received signals.

    `timeout` and `make` send a signal twice, to the process and to its group. A later signal ends the process at once.
    Ignored signals, for example under `nohup`, stay ignored.
    """
    received: list[signal.Signals] = []
    times: list[float] = []

    def receive(number: int, _: FrameType | None) -> None:
        times.append(time.monotonic())
        if times[-1] - times[0] > REPETITION_SECONDS:
            os._exit(128 + number)
        received.append(signal.Signals(number))
        if len(received) == 1:
            raise KeyboardInterrupt

    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in heard}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(app: typer.Typer) -> int:
    """Run the command line, print errors of the input in one line, and return the exit code."""
    try:
        if sys.stdout is None:  # closed by `>&-`: fail before the work, not after it
            raise OSError("cannot write to the standard output: it is closed")
        ask_libraries()
        with limited_threads():  # of loaded libraries
            code = app(standalone_mode=False)
        with _printing():
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (BrokenPipeError, SystemExit) as leaving:  # Typer and Rich turn a broken pipe into an exit
        if not isinstance(leaving, BrokenPipeError) and not isinstance(leaving.__context__, BrokenPipeError):
            raise
        return BROKEN_PIPE
    except INPUT_ERRORS as error:
        if message := _message(error):  # empty if the help was printed
            with suppress(OSError):  # stderr may be closed
                echo(one_line(f"error: {with_options(message)}"), err=True)
        return BAD_INPUT
    except Exception:
        echo(*traceback.format_exc().splitlines(), err=True)
        return UNFORESEEN  # not 1, the code for a failed check


def _message(error: Exception) -> str:
    if isinstance(error, typer.TyperException):
        return error.format_message()
    if isinstance(error, MemoryError):
        return f"out of memory: give the process more memory, or less work. {error}"
    if isinstance(error, ImportError):
        return f"{error.name or 'a module'} cannot be imported: {error}{advice(error)}"
    return str(error)


@contextmanager
def _printing() -> Iterator[None]:
    """Turn an `OSError` in this block, such as a full disk, into an error of printing."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(f"cannot write to the standard output: {error.strerror}") from error


def _discard_unwritten() -> None:
    """Discard output that cannot be written, to avoid errors when the process exits."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            print(end="", file=stream, flush=True)
        except OSError:
            assert stream is not None
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def with_options(message: str) -> str:
    """A sentence of the library for the command line: arguments such as `labels=` or `views=0` become options.

    Not for text with names from users' files, in which backticks may mean something else.
    """
    return ARGUMENT.sub(lambda argument: f"--{argument[1].replace('_', '-')} {argument[2]}".rstrip(), message)


def visible(text: object) -> str:
    """The text with control characters and direction marks as backslash escapes."""
    return INVISIBLE.sub(lambda letter: letter[0].encode("unicode_escape").decode(), str(text))


def one_line(text: object) -> str:
    """The text in one line that is safe to print, for messages of other libraries and names from files."""
    return visible(" ".join(str(text).split()))


def shortened(text: object, most: int) -> str:
    """The text in one line of at most `most` characters."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def echo(*lines: object, err: bool = False) -> None:
    """Print each argument as exactly one line, to stdout or stderr."""
    with _printing():
        for line in lines:
            print(visible(line), file=sys.stderr if err else sys.stdout)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[str] = ()
) -> None:
    """Print a table, with the columns `right` aligned to the right. Rich markup in cells is not interpreted."""
    table = Table(title=Text(visible(title), "table.title"), title_justify="left", header_style="bold")
    for heading in columns:
        table.add_column(Text(visible(heading)), justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console = Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH)
    with _printing():
        console.print(table)


# Options that several commands share.


def column_names(columns: str | None) -> tuple[list[str] | None, str | None]:
    """The ends of a pair and the weight in `--columns`, `None` if not given; a name with a comma stands in quotes."""
    if columns is None:
        return None, None
    names = [name.strip() for name in next(csv.reader([columns], skipinitialspace=True), [])]
    if not (2 <= len(names) <= 3 and all(names)):
        raise ValueError(f"--columns {columns}: give two names, the ends of a pair, or three, with the weight")
    return names[:2], names[2] if len(names) == 3 else None


# Results as JSON: floats have all digits; missing and non-finite values are null.


def plain(value: Any) -> Any:
    """Convert a value to numbers, text, lists and dicts; a table becomes the list of its rows."""
    return json.loads(json.dumps(value, default=_plain), parse_constant=lambda _: None)


def _plain(value: Any) -> Any:
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value.to_dict("records")
    if value is pd.NA:
        return None
    return value.tolist() if hasattr(value, "tolist") else str(value)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON, with its text unchanged."""
    with _printing():
        print(json.dumps(plain(value)))
