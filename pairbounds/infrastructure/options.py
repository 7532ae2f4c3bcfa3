"""Options that several command lines share."""

from pathlib import Path
from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Replace files of others; never one that is read.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much there is to do, and stop.")]
Plugin = Annotated[Path | None, typer.Option(metavar="FILE.py", help="A file with bounds of your own.")]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header", help="Of .csv and .tsv: whether a first line of numbers is the names of the columns."
    ),
]
