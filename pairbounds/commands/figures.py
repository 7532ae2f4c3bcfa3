"""The command `draw`."""

import re
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import matplotlib as mpl
import typer

from pairbounds.figures.figure import found
from pairbounds.infrastructure.checks import find_named
from pairbounds.infrastructure.commandline import Force, echo, print_table
from pairbounds.infrastructure.files import require_safe_outputs
from pairbounds.infrastructure.pictures import METADATA
from pairbounds.infrastructure.workers import side_by_side
from pairbounds.sweeps.studies import studies_of

FIGURES = found()
TablesFolder = Annotated[Path, typer.Option(help="Folder of the tables.")]
PicturesFolder = Annotated[Path, typer.Option(help="Folder for pictures and captions.")]
Formats = Annotated[str, typer.Option("--format", metavar="LIST", help="Some of pdf, png, svg.")]
WIDTHS = {"single": 3.25, "double": 6.75}  # inches: one or both columns of a two-column paper
INCH = 25.4  # millimetres
MOST = 1000.0  # mm or inches


def draw(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Figures. Without a name, list all figures.")
    ] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="An input table; others from --tables."),
    ] = None,
    tables: TablesFolder = Path("build/tables"),
    out: PicturesFolder = Path("build/figures"),
    width: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="single (3.25 in), double (6.75 in), or a length: 85mm, 3.5in.")
    ] = None,
    height: Annotated[str | None, typer.Option(metavar="LENGTH", help="85mm or 3.5in; mm without a unit.")] = None,
    formats: Formats = "pdf,png",
    jobs: Annotated[int, typer.Option(help="Processes, for many figures; -1 for one per core.")] = 1,
    force: Force = False,
) -> None:
    """Draw figures and write their captions, in the default size or in the size of a paper; without NAME, list them.

    Each process needs a few seconds to start, and one or two seconds per figure. `single` and `double` are the widths
    of one and of both columns of a two-column paper. Fonts are embedded. Examples:

    pairbounds draw training --table build/sweeps/training/table.parquet

    pairbounds draw training --width double --format pdf,svg --out paper
    """
    if not names:
        _list_figures()
        return
    if tables.is_file():
        raise ValueError(f"--tables {tables} is a file, not a folder: use --table {tables}")
    figures, files, ends = [find_named("figure", name, FIGURES) for name in names], table or [], suffixes(formats)
    size = {"width": width and inches(width), "height": height and inches(height)}
    written = [file for figure in figures for file in figure.outputs(out, ends)]
    require_safe_outputs(
        written, [file for figure in figures for file in figure.sources(tables, files).values()], force=force
    )
    draw_one = partial(_drawn, tables, out, {"files": files, "ends": ends} | size)
    with side_by_side(draw_one, [file.name for file in figures], jobs if len(figures) > 1 else 1) as pictures:
        for picture in pictures:
            echo(picture)


def _drawn(tables: Path, out: Path, options: dict[str, Any], name: str) -> Path:
    mpl.use("Agg")  # never open a window
    return FIGURES[name].render(tables, out, **options)


def inches(length: str) -> float:
    """Convert a length to inches: a number in mm (default) or `in`, or a key of `WIDTHS`.

    Examples
    --------
    >>> from pairbounds.commands.figures import inches
    >>> inches("single"), inches("3.5in"), round(inches("89"), 2)
    (3.25, 3.5, 3.5)
    """
    if length in WIDTHS:
        return WIDTHS[length]
    number = re.fullmatch(r"(\d+\.?\d*)(mm|in)?", length)
    if number is None or not 0 < float(number[1]) <= MOST:
        raise ValueError(f"length {length!r} is not valid: give {', '.join(WIDTHS)}, or a length like 85mm or 3.5in")
    return float(number[1]) / (1 if number[2] == "in" else INCH)


def suffixes(formats: str) -> list[str]:
    """File suffixes of these formats."""
    chosen = [f".{ending.strip().lower()}" for ending in formats.split(",")]
    unknown = [end for end in chosen if end not in METADATA]
    if unknown:
        raise ValueError(f"format {unknown[0][1:]!r} is not supported: give {', '.join(end[1:] for end in METADATA)}")
    return chosen


def _list_figures() -> None:
    """Print the figures, their input tables, and the studies that compute these."""
    rows = []
    for figure in FIGURES.values():
        studies = ", ".join(study.name for study in studies_of(figure.tables))
        rows.append((figure.name, figure.title, ", ".join(figure.tables), studies))
    print_table("Figures", ("figure", "title", "tables", "studies"), rows)
