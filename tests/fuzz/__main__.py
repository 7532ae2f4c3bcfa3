"""`python -m tests.fuzz`: graphs as strangers bring them, until the time is over; what is found becomes tests."""

import math
import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, print_table, run
from tests.fuzz import report
from tests.fuzz.running import run as run_fuzzer
from tests.fuzz.specimen import TRUSTED
from tests.fuzz.writing import write_tests
from tests.reliability.record import Record

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def fuzz(
    minutes: Annotated[float | None, typer.Option(min=0, help="Time to draw graphs in; 10 without --graphs.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the graphs; random by default, and printed.")] = None,
    graphs: Annotated[int | None, typer.Option(min=1, help="Stop after so many; by default when time is over.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    out: Annotated[Path | None, typer.Option(metavar="JSON", help="Write the counts here, for the page.")] = None,
    found: Annotated[Path, typer.Option(metavar="FOLDER", help="Where findings are written as tests.")] = Path(
        "build/fuzz"
    ),
) -> int:
    """Hold every bound against random graphs: nothing true may be refuted, nothing false pass, nothing crash or warn.

    Exit code 1 where something was found.
    """
    if out is not None and out.suffix != ".json":
        raise ValueError(f"cannot write {out}: the counts go into a .json file")
    if minutes is None:
        minutes = 10 if graphs is None else math.inf
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    start = time.monotonic()
    tally = run_fuzzer(seed, minutes=minutes, graphs=graphs, jobs=jobs)
    spent = (time.monotonic() - start) / 60
    rows = report.rows(tally)
    print_table(
        f"{tally.graphs.total():,} graphs in {spent:.1f} minutes",
        [("what", "left"), ("count", "right"), ("found", "right")],
        [(str(row["what"]), f"{row['count']:,}", f"{row['found']:,}") for row in rows],
    )
    for note in report.notes(tally):
        print(note)
    if out is not None:
        command = f"python -m tests.fuzz --seed {seed} --graphs {tally.graphs.total()}"
        record = Record(
            title="Graphs as strangers bring them",
            command=command,
            rows=rows,
            minutes=round(spent, 1),
            seed=seed,
            notes=report.notes(tally),
            more={"shares": report.shares(tally)},
        )
        record.write(out.stem, out.parent)
    for path in write_tests(tally, seed, found):
        print(f"shrunk: {path}", flush=True)
    missed = any(span <= TRUSTED for _, span in tally.missed)  # beyond, fifty digits decide
    return CHECK_FAILED if tally.first or missed else 0


if __name__ == "__main__":
    run(app)
