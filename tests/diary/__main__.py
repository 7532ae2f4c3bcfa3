"""`python -m tests.diary`: do the nine tasks with an installed package, and write down how long they took."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, run, say
from pairbounds.infrastructure.tables import replacing
from tests.diary.doing import PAGE, done, timed
from tests.test_wheel import install

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def diary(page: Annotated[Path, typer.Option(metavar="PAGE.md")] = PAGE) -> None:
    """Do them (three minutes); exit with 1 where one fails."""
    text, seconds = page.read_text(encoding="utf-8"), []
    with tempfile.TemporaryDirectory() as place:
        bin_ = install(Path(place) / "installed", "jupyter-core", "nbclient", "ipykernel")
        folder = Path(place) / "empty"
        folder.mkdir()
        for each in done(text, folder, bin_):
            say(f"{each.task}: {each.seconds:.1f} s", *each.said.splitlines(), "")
            if each.code:
                raise typer.Exit(CHECK_FAILED)
            seconds.append(each.seconds)
    with replacing(page) as temporary:
        temporary.write_text(timed(text, seconds), encoding="utf-8")


if __name__ == "__main__":
    run(app)
