"""`python -m tests.fuzz`: every bound on random graphs; what is found is shrunk and printed."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, run
from tests.fuzz import report
from tests.fuzz.running import run as run_fuzzer
from tests.fuzz.running import shrunk
from tests.reliability.record import Record

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def fuzz(
    graphs: Annotated[int, typer.Option(min=1, help="Random graphs.")] = 1_000,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the graphs; random by default, and printed.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    out: Annotated[Path | None, typer.Option(metavar="JSON", help="Write the counts here, for the page.")] = None,
) -> int:
    """Evaluate every bound on random graphs: nothing true may be refuted, nothing false pass, nothing crash or warn.

    Exit code 1 where something was found.
    """
    if out is not None and out.suffix != ".json":
        raise ValueError(f"cannot write {out}: the counts go into a .json file")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    start = time.monotonic()
    tally = run_fuzzer(seed, graphs, jobs)
    minutes = round((time.monotonic() - start) / 60, 1)
    command = f"python -m tests.fuzz --seed {seed} --graphs {graphs}"
    shares = {"shares": report.shares(tally)}
    record = Record("Random graphs", command, report.rows(tally), minutes, seed, report.notes(tally), shares)
    record.show(f"{graphs:,} graphs in {minutes} minutes")
    if out is not None:
        record.write(out.stem, out.parent)
    for kind, batch in sorted(tally.first.items()):
        print(f"\n{kind}, for FOUND in tests/fuzz/test_found.py:\n{shrunk(kind, batch)!r}", flush=True)
    return CHECK_FAILED if tally.first else 0


if __name__ == "__main__":
    run(app)
