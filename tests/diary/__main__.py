"""`python -m tests.diary`: do the ten tasks with an installed package, and keep how long they took."""

import json
import tempfile
from pathlib import Path

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, run
from pairbounds.infrastructure.tables import replacing, surroundings
from tests.diary.doing import RECORD, TASKS, done
from tests.test_wheel import install

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def diary() -> None:
    """Do the tasks (three minutes); exit with 1 where one fails."""
    seconds = []
    with tempfile.TemporaryDirectory() as place:
        bin_ = install(Path(place) / "installed", "jupyter-core", "nbclient", "ipykernel")
        folder = Path(place) / "empty"
        folder.mkdir()
        for each in done(TASKS, folder, bin_):
            echo(f"{each.task}: {each.seconds:.1f} s", *each.said.splitlines(), "")
            if each.code:
                raise typer.Exit(CHECK_FAILED)
            seconds.append(round(each.seconds, 1))
    with replacing(RECORD) as temporary:
        temporary.write_text(
            json.dumps({"seconds": seconds, "measured": surroundings()}, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    run(app)
