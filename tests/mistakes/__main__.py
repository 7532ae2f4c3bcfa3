"""`python -m tests.mistakes`: make every mistake, and write down what is said."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import run
from pairbounds.infrastructure.options import Force
from pairbounds.infrastructure.tables import replacing
from tests.mistakes.page import BEGINNING, PAGE, answers, page

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
