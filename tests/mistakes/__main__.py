"""`python -m tests.mistakes`: make every mistake, and write down what is said."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.mistakes.page import BEGINNING, PAGE, answers, page
from theory.infrastructure import ownership
from theory.infrastructure.commandline import run
from theory.infrastructure.options import Force
from theory.infrastructure.tables import replacing

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def mistakes(out: Annotated[Path, typer.Option(metavar="PAGE.md")] = PAGE, force: Force = False) -> None:
    """Write the page (half a minute)."""
    ownership.claim([ownership.text(out, BEGINNING)], [], force=force)
    with tempfile.TemporaryDirectory() as folder:
        text = page(answers(Path(folder)))
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run(app)
