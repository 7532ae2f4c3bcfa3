"""`python -m tests.fuzz.proofs`: changed proofs, each judged by the true errors; what is found is kept as files."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, run
from tests.fuzz.proofs.running import ALONE, ProofTally, run_proofs
from tests.reliability.record import Record

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

HERE = "tests/fuzz/test_proofs.py::test_nothing_false_is_said_of_changed_proofs"
CHANGED = {
    "record": "proofs with values, types and fields changed",
    "shave": "proofs with their numbers as favourable as the verifier takes them",
    "array": "proofs of graphs with an array changed",
    "text": "proofs with bytes of their JSON changed",
    "archive": "proofs of graphs with bytes or members of their archive changed",
}


@app.command()
def fuzz(
    proofs: Annotated[int, typer.Option(min=1, help="Changed proofs.")] = 1_000,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the changes; random by default, and printed.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    out: Annotated[Path | None, typer.Option(metavar="JSON", help="Write the counts here, for the page.")] = None,
    found: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files of findings go.")] = Path("build/fuzz"),
) -> int:
    """Change proofs and graphs: the verifier may print no false line, no other line, and never crash or run on.

    Exit code 1 where something was found.
    """
    if out is not None and out.suffix != ".json":
        raise ValueError(f"cannot write {out}: the counts go into a .json file")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"seed {seed}", flush=True)
    start = time.monotonic()
    tally = run_proofs(seed, proofs, jobs)
    minutes = round((time.monotonic() - start) / 60, 1)
    command = f"python -m tests.fuzz.proofs --seed {seed} --proofs {proofs}"
    notes = [f"Found of {n:,} proofs: {kind}" for kind, n in tally.findings.most_common()]
    record = Record("Proofs that were changed", command, _rows(tally), minutes, seed, notes)
    record.show(f"{proofs:,} changed proofs in {minutes} minutes")
    if out is not None:
        record.write(out.stem, out.parent)
    _keep(tally, found)
    return CHECK_FAILED if tally.findings else 0


def _rows(tally: ProofTally) -> list[dict[str, object]]:
    """What was changed and how often, with the faults; then what was said, with the false or foreign lines."""
    changed = [(f"{what}, with a fault", tally.kinds[kind], tally.faulty[kind]) for kind, what in CHANGED.items()]
    lines = sum(n for kind, n in tally.findings.items() if "line that" in kind)
    said = [
        ("lines that were printed, false or other than the verifier's own", tally.said["lines"], lines),
        ("runs in a process of their own, with another answer", tally.said["alone"], tally.findings[ALONE]),
    ]
    return [{"what": what, "count": n, "found": found, "test": HERE} for what, n, found in (*changed, *said)]


def _keep(tally: ProofTally, folder: Path) -> None:
    """Write the first pair of files of each kind of finding."""
    for kind, (graph, proof) in tally.first.items():
        place = folder / kind.replace(" ", "_")
        place.mkdir(parents=True, exist_ok=True)
        (place / "graph.npz").write_bytes(graph)
        (place / "proof.json").write_bytes(proof)
        print(f"kept: {place}", flush=True)


if __name__ == "__main__":
    run(app)
