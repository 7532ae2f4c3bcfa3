"""Options that several command lines share."""

from pathlib import Path
from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Replace files of others; never one that is read.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much there is to do, and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]
Plugin = Annotated[Path | None, typer.Option(metavar="FILE.py", help="A file with bounds of your own.")]
