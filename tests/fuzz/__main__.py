"""`python -m tests.fuzz`: bounds on random graphs, and tampered proofs; what is found is shrunk, kept and printed."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, run
from tests.fuzz import graphs as of_graphs
from tests.fuzz import proofs as of_proofs
from tests.fuzz.campaign import Tally, judged_in_batches
from tests.reliability.record import Record

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def fuzz(
    graphs: Annotated[int, typer.Option(min=0, help="Random graphs.")] = 1_000,
    proofs: Annotated[int, typer.Option(min=0, help="Tampered proofs.")] = 1_000,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed; random by default, and printed.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write fuzz.json and proofs.json here.")] = None,
    found: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files of findings go.")] = Path("build/fuzz"),
) -> int:
    """Evaluate every bound on random graphs, and give tampered proofs to the verifier.

    Exit code 1 where a true bound is refuted, a false line is printed, or anything crashes or warns.
    """
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    failed = False
    for campaign, examples, name, title in (
        (of_graphs, graphs, "fuzz", "Random graphs"),
        (of_proofs, proofs, "proofs", "Tampered proofs"),
    ):
        start = time.monotonic()
        tally = judged_in_batches(campaign.judged, seed, examples, jobs) if examples else Tally()
        minutes = round((time.monotonic() - start) / 60, 1)
        command = f"python -m tests.fuzz --seed {seed} --{'graphs' if name == 'fuzz' else name} {examples}"
        more = {"shares": of_graphs.shares(tally)} if name == "fuzz" else {}
        record = Record(title, command, campaign.rows(tally), minutes, seed, campaign.notes(tally), more)
        record.show(f"{title}: {examples:,} in {minutes} minutes")
        if out is not None and examples:
            record.write(name, out)
        failed |= bool(tally.first)
        for kind, first in sorted(tally.first.items()):
            print(f"\n{kind}:\n{campaign.kept(kind, first, found)}", flush=True)
    print("FAILED: see the findings above" if failed else "Nothing was found.", flush=True)
    return CHECK_FAILED if failed else 0


if __name__ == "__main__":
    run(app)
