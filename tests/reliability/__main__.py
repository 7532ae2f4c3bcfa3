"""`python -m tests.reliability --out docs/reliability.md`: the page, from results/reliability."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import run
from pairbounds.infrastructure.tables import replacing
from tests.reliability.page import PAGE, reliability_page
from tests.reliability.record import RECORDS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def page(
    out: Annotated[Path, typer.Option(metavar="FILE.md", help="Where to write the page.")] = PAGE,
    records: Annotated[Path, typer.Option(metavar="FOLDER", help="What the campaigns counted.")] = RECORDS,
) -> None:
    """Write the page that says what was tried to make the software wrong, and what was found."""
    with replacing(out) as temporary:
        temporary.write_text(reliability_page(records), encoding="utf-8")


if __name__ == "__main__":
    run(app)
