"""How every command line of the project runs, fails and prints."""

import sys
import traceback
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.table import Table

from theory.interruption import heard

PIPED_WIDTH = 130  # columns, where no terminal says how wide it is

CHECK_FAILED = 1
BAD_INPUT = 2
UNFORESEEN = 70
INTERRUPTED = 130


@heard
def run(app: typer.Typer) -> None:
    """Run a command line: exit 0 done, 1 a bound failed or a check found something, 2 bad input, in one line."""
    try:
        code = app(standalone_mode=False)
    except (ValueError, TypeError, ArithmeticError, RuntimeError, OSError, typer.TyperException) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        if message:  # empty where the help was shown in its place
            typer.echo(f"error: {' '.join(message.split())}", err=True)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception:
        traceback.print_exc()
        sys.exit(UNFORESEEN)  # not 1, which says that a check found something
    sys.exit(code if isinstance(code, int) else 0)


def print_table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; `columns` are pairs of heading and justification ("left" or "right")."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading, justify in columns:
        table.add_column(heading, justify="right" if justify == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH)
    console.print(table)
