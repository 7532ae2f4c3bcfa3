"""`python -m figures`: draw the figures and write the findings from tables on disk."""

from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import typer

from figures.figure import found
from figures.findings.page import BEGINNING, findings_page, inputs, is_current
from figures.renamed import FIGURES as OLD_NAMES
from theory.infrastructure import ownership
from theory.infrastructure.commandline import CHECK_FAILED, print_table, run, say
from theory.infrastructure.options import Force
from theory.infrastructure.renamed import renamed
from theory.infrastructure.tables import replacing

FIGURES = found()

app = typer.Typer(
    help="Draw the figures, and write the findings, from the tables that the studies wrote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def draw(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(FIGURES)}.")],
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/tables"),
    out: Annotated[Path, typer.Option(help="Folder for the PDF, the PNG and the caption.")] = Path("build/figures"),
    force: Force = False,
) -> None:
    """Draw one figure as PDF and PNG, with its caption as text."""
    if name in OLD_NAMES:
        renamed(f"figure {name}", name := OLD_NAMES[name])
    if name not in FIGURES:
        raise ValueError(f"figure {name!r} is none of {', '.join(FIGURES)}")
    figure = FIGURES[name]
    mpl.use("Agg")  # no window, whatever the display
    ownership.claim(figure.outputs(out), figure.inputs(tables), force=force)
    say(figure.render(tables, out))


@app.command()
def findings(
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/tables"),
    out: Annotated[Path, typer.Option(metavar="PAGE.md", help="The page.")] = Path("docs/findings.md"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if the page differs.")] = False,
    force: Force = False,
) -> None:
    """Write the page of findings, each number computed from the tables."""
    if check:
        if not is_current(out, tables):
            say(f"{out} is not what the tables say: `make findings` writes it anew", err=True)
            raise typer.Exit(CHECK_FAILED)
        return
    ownership.claim([ownership.text(out, BEGINNING)], inputs(tables), force=force)
    page = findings_page(tables)
    with replacing(out) as temporary:
        temporary.write_text(page, encoding="utf-8")
    say(out)


@app.command(name="list")
def list_figures() -> None:
    """List the figures and the tables they read."""
    rows = [(figure.name, figure.title, ", ".join(figure.tables)) for figure in FIGURES.values()]
    print_table("Figures", [("figure", "left"), ("title", "left"), ("tables", "left")], rows)


if __name__ == "__main__":
    run(app)
