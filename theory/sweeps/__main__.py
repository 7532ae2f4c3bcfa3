"""`python -m theory.sweeps`: the commands that measure studies, for `pairbounds`."""

import typer

from theory.infrastructure.commandline import run
from theory.sweeps.commandline import register

app = typer.Typer(
    help="Studies, and sweeps of them over grids of settings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
register(app)

if __name__ == "__main__":
    run(app)
