"""`python -m pairbounds.figures.findings`: whether the key numbers of the findings are those that were accepted."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.figures.findings.evidence import compared, evidence, read_evidence, write_evidence
from pairbounds.infrastructure.commandline import CHECK_FAILED, run, say
from pairbounds.infrastructure.inputs import is_there

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def compare(
    tables: Annotated[Path, typer.Option(help="Folder of the tables.")] = Path("build/smoke/tables"),
    reference: Annotated[Path, typer.Option(help="The numbers that were accepted.")] = Path("results/evidence.json"),
    accept: Annotated[bool, typer.Option("--accept", help="Take the numbers of the tables for the reference.")] = False,
) -> None:
    """Compare the key numbers of the findings with those that were accepted; exit with 1 if one has moved.

    A number has moved if it is further away than a unit of its third significant digit, and than its standard error
    over the seeds of the reference; a claim, if it is true where it was false. Each one that has is named.
    """
    now = evidence(tables)
    known = read_evidence(reference) if is_there(reference, "reference") or not accept else {}
    changes = compared(known, now)
    if accept:
        write_evidence(now, reference)
        say(*changes, f"{reference}: {len(now)} numbers, {len(changes)} changes")
    elif changes:
        say(
            *changes, f"{len(changes)} of {len(known)} key numbers have changed: `make accept` if they should", err=True
        )
        raise typer.Exit(CHECK_FAILED)
    else:
        say(f"{len(known)} key numbers are as they were")


if __name__ == "__main__":
    run(app)
