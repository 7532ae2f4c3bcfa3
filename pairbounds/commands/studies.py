"""`python -m pairbounds.sweeps`: the commands that measure studies, for `pairbounds`."""

import typer

from pairbounds.commands.study import register
from pairbounds.infrastructure.commandline import run

app = typer.Typer(
    help="Studies, and sweeps of them over grids of settings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
register(app)

if __name__ == "__main__":
    run(app)
