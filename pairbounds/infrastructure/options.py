"""Options that several commands share."""

import csv
from pathlib import Path
from typing import Annotated

import typer

COLUMNS_HELP = "Names of the columns of a table: the two ends of a pair and, if there are weights, the weight."
FORCE_HELP = "Overwrite existing output files even if pairbounds did not write them. Inputs are never overwritten."
Columns = Annotated[str | None, typer.Option(metavar="IMAGE,CAPTION[,WEIGHT]", help=COLUMNS_HELP)]
Force = Annotated[bool, typer.Option("--force", help=FORCE_HELP)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the amount of work, and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]
Out = Annotated[Path | None, typer.Option(help="Also write the table: .csv, .parquet or .tex.")]
Plugin = Annotated[Path | None, typer.Option(metavar="FILE.py", help="A Python file with your own bounds.")]


def column_names(columns: str | None) -> tuple[list[str] | None, str | None]:
    """The ends of a pair and the weight in `--columns`, `None` if not given; a name with a comma stands in quotes."""
    if columns is None:
        return None, None
    names = [name.strip() for name in next(csv.reader([columns], skipinitialspace=True), [])]
    if not (2 <= len(names) <= 3 and all(names)):
        raise ValueError(f"--columns {columns}: give two names, the ends of a pair, or three, with the weight")
    return names[:2], names[2] if len(names) == 3 else None
