"""`python -m tests.reliability.took TABLES`: what each study took, by the sidecars of its tables.

The CPU time is that of the process that measured it and of its workers, without what they load to begin with.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import print_table, run

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def table(tables: Annotated[Path, typer.Argument(help="Folder of the tables.")]) -> None:
    """List the studies whose sidecars say what they took, the longest first."""
    rows = sorted(taken(tables), key=lambda row: -row[2])
    shown = [(study, f"{seeds}", f"{cpu:.0f}", f"{clock:.0f}", f"{jobs}") for study, seeds, cpu, clock, jobs in rows]
    shown.append(("all", "", f"{sum(row[2] for row in rows):.0f}", f"{sum(row[3] for row in rows):.0f}", ""))
    columns = [("study", "left"), ("seeds", "right"), ("CPU seconds", "right"), ("seconds", "right"), ("jobs", "right")]
    print_table("What studies took", columns, shown)


def taken(tables: Path) -> Iterator[tuple[str, int, float, float, int]]:
    """Study, number of seeds, CPU seconds, seconds and processes, once for each study.

    Sweeps, whose cells may be of several runs, and tables of versions that did not count CPU time are left out.
    """
    found = {}
    for path in sorted(tables.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        took, about = record.get("took", {}), record["configuration"]
        if "cpu_seconds" in took:
            found[about["study"]] = (len(about["seeds"]), took["cpu_seconds"], took["seconds"], took["jobs"])
    return ((study, *numbers) for study, numbers in found.items())


if __name__ == "__main__":
    run(app)
