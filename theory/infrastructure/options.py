"""Options that several command lines share."""

from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Replace files of others; never one that is read.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much there is to do, and stop.")]
