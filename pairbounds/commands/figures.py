"""The command `draw`."""

import re
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import matplotlib as mpl
import typer

from pairbounds.figures.figure import found
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.files import claim
from pairbounds.infrastructure.names import find_named
from pairbounds.infrastructure.options import Force
from pairbounds.infrastructure.pictures import METADATA
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.sweeps.studies import studies_of

FIGURES = found()
WIDTHS = {"single": 3.25, "double": 6.75}  # inches: a column, and the page, of a paper of two columns
INCH = 25.4  # millimetres
MOST = 1000.0  # of either unit


def draw(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Figures; without a name all are listed.")
    ] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A table that it reads, of a sweep say; others of --tables."),
    ] = None,
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/tables"),
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the caption.")] = Path("build/figures"),
    width: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="single (3.25 in), double (6.75 in), 85mm or 3.5in.")
    ] = None,
    height: Annotated[str | None, typer.Option(metavar="LENGTH", help="In mm, or inches with in.")] = None,
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help="Of pdf, png and svg.")] = "pdf,png",
    jobs: Annotated[int, typer.Option(help="Processes, for many figures; -1 for one on each core.")] = 1,
    force: Force = False,
) -> None:
    """Draw figures with their captions as text, as designed or in the size and letters of a paper; or list them.

    Takes a few seconds to begin, in each process, and one or two for each figure. `single` and `double` are the widths
    of a column and of the page of a paper of two columns. Fonts are embedded.

    Examples
    --------
    pairbounds draw phase --table build/sweeps/phase/table.parquet

    pairbounds draw phase --width double --format pdf,svg --out paper
    """
    if not names:
        _list_figures()
        return
    if tables.is_file():
        raise ValueError(f"--tables {tables} is a file, not a folder: give one table by --table {tables}")
    drawn, files, ends = [find_named("figure", name, FIGURES) for name in names], table or [], _ends(formats)
    size = {"width": width and inches(width), "height": height and inches(height)}
    written = [one for figure in drawn for one in figure.outputs(out, ends)]
    claim(written, [one for figure in drawn for one in figure.sources(tables, files).values()], force=force)
    draw_one = partial(_drawn, tables, out, {"files": files, "ends": ends} | size)
    with side_by_side(draw_one, [one.name for one in drawn], jobs if len(drawn) > 1 else 1) as pictures:
        for picture in pictures:
            echo(picture)


def _drawn(tables: Path, out: Path, options: dict[str, Any], name: str) -> Path:
    mpl.use("Agg")  # no window, whatever the display
    return FIGURES[name].render(tables, out, **options)


def inches(length: str) -> float:
    """A length of the command line: millimetres, or inches with `in`, or the name of one of `WIDTHS`.

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
        raise ValueError(f"length {length!r} is none of {', '.join(WIDTHS)}, 85, 85mm and 3.5in")
    return float(number[1]) / (1 if number[2] == "in" else INCH)


def _ends(formats: str) -> list[str]:
    """The ends of the names of pictures in these formats."""
    chosen = [f".{one.strip().lower()}" for one in formats.split(",")]
    unknown = [end for end in chosen if end not in METADATA]
    if unknown:
        raise ValueError(f"format {unknown[0][1:]!r} is none of {', '.join(end[1:] for end in METADATA)}")
    return chosen


def _list_figures() -> None:
    """Print the figures, the tables they read, and the studies that measure these."""
    rows = []
    for figure in FIGURES.values():
        studies = ", ".join(study.name for study in studies_of(figure.tables))
        rows.append((figure.name, figure.title, ", ".join(figure.tables), studies))
    print_table("Figures", [("figure", "left"), ("title", "left"), ("tables", "left"), ("studies", "left")], rows)
