"""Page of findings, and comparison of its key numbers: `python -m pairbounds.figures.findings`."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.figures.findings.evidence import compared, evidence, key_numbers, read_evidence, write_evidence
from pairbounds.figures.findings.page import BEGINNING, findings_page, inputs
from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, run
from pairbounds.infrastructure.files import marked_output, replacing, require_safe_outputs
from pairbounds.infrastructure.inputs import is_there
from pairbounds.infrastructure.options import Force

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def page(
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/tables"),
    out: Annotated[Path, typer.Option(metavar="PAGE.md", help="The page.")] = Path("docs/findings.md"),
    force: Force = False,
) -> None:
    """Write the page of findings, each number computed from the tables."""
    require_safe_outputs([marked_output(out, BEGINNING)], inputs(tables), force=force)
    with replacing(out) as temporary:
        temporary.write_text(findings_page(tables), encoding="utf-8")
    echo(out)


@app.command()
def compare(
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/smoke/tables"),
    reference: Annotated[Path, typer.Option(help="File with the reference numbers.")] = Path("results/evidence.json"),
    accept: Annotated[bool, typer.Option("--accept", help="Save the numbers of the tables as the reference.")] = False,
) -> None:
    """Compare the key numbers of the findings with the reference; exit with 1 if one has changed.

    A number has changed if it differs by more than a unit of its third significant digit, and more than its standard
    error over the seeds of the reference. A claim has changed if its truth value has. Prints the changes.
    """
    saved = read_evidence(reference) if is_there(reference, "reference") or not accept else {}
    if accept:
        numbers = evidence(tables)
        changes = compared(saved, {name: number.value for name, number in numbers.items()})
        write_evidence(numbers, reference)
        echo(*changes, f"{reference}: {len(numbers)} numbers, {len(changes)} changes")
        return
    if changes := compared(saved, key_numbers(tables)):
        message = f"{len(changes)} of {len(saved)} key numbers have changed: run `make smoke ACCEPT=1` to accept them"
        echo(*changes, message, err=True)
        raise typer.Exit(CHECK_FAILED)
    echo(f"{len(saved)} key numbers are unchanged")


if __name__ == "__main__":
    run(app)
