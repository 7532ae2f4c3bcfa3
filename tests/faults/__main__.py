"""`python -m tests.faults`: faults at random in small commands, counted; each row names the test that repeats it."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from pairbounds.infrastructure.commandline import CHECK_FAILED, run
from tests.faults import checks
from tests.faults.commands import COMMANDS
from tests.faults.comparing import LEFT_OUT
from tests.faults.trials import FAULTS, FULL, READ_ONLY, Bench, can_mount
from tests.reliability.record import Record

TESTS = "tests/faults/test_faults.py"
SIDE_BY_SIDE = 2
SINGLE = {  # by the name of the check: what it is in words, and its trials in each command
    "second_command": ("a second command in the folder", {"audit": 1, "sweep": 1}),
    "little_memory": ("ulimit -v", {"sweep": 3, "audit": 2}),
    "lost_worker": ("--dask, a worker killed", {"audit": 5, "sweep": 2}),
    "frozen_worker": ("--dask, a worker frozen", {"audit": 2, "sweep": 2}),
    "lost_scheduler": ("--dask, the scheduler killed", {"audit": 2, "sweep": 2}),
    "slow_scheduler": ("--dask, the scheduler slow", {"audit": 1, "sweep": 1}),
}
NOTES = [
    "A result is found wrong if any file differs from that of an undisturbed run after the same command was given "
    f"again; left out are only the fields {', '.join(sorted(LEFT_OUT))}, and the content key of a table with seconds "
    "in it. Also counted: a temporary file or a lock left, a process left, a hang, a traceback, another exit code, "
    "no line or several that say how it ended, an earlier result that is not whole.",
    "Signals strike at a uniformly random moment of the undisturbed run's time, once the first module is loaded, half "
    "of them the process alone and half its group. A full disk is a tmpfs that the largest new file does not fit on.",
]


@dataclass(frozen=True)
class Row:
    """A fault in a command, so many times."""

    what: str
    test: str
    trials: list[Callable[[], list[str]]]


def main(
    out: Annotated[Path, typer.Option(metavar="FILE.json", help="Where the counts go.")],
    kills: Annotated[int, typer.Option(help="Faults at random over all commands.")] = 50,
    seed: Annotated[int, typer.Option(help="Of the moments and places.")] = 0,
) -> None:
    """Kill small commands at random moments, fill their disks, take their workers; count what goes wrong.

    Exits with 1 if anything did. Example: python -m tests.faults --kills 50 --seed 0 --out faults.json
    """
    print(f"seed {seed}")
    began, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix="faults-"))
    rows = [*_random(kills, seed, folder), *_single(seed, folder)]
    found = _tried(rows)
    problems = [f"found: {what}: {problem}" for what, of_row in found.items() for problem in of_row]
    notes = [*NOTES, *_without_mounts(), *problems]
    minutes = round((time.monotonic() - began) / 60, 1)
    counted = [
        {"what": row.what, "count": len(row.trials), "found": len(found[row.what]), "test": row.test} for row in rows
    ]
    title = "Faults: commands that are killed, or find the disk full, or lose what they work with"
    command = f"python -m tests.faults --kills {kills} --seed {seed}"
    Record(title, command, counted, minutes, seed, notes).write(out.stem, out.parent)
    wrong = len(problems)
    print(f"{out}: {sum(len(row.trials) for row in rows)} trials in {minutes} minutes, {wrong} found wrong")
    for note in notes[len(NOTES) :]:
        print(note)
    if wrong:
        print(f"what was found lies in {folder}")
        raise typer.Exit(CHECK_FAILED)
    shutil.rmtree(folder)


def _random(kills: int, seed: int, folder: Path) -> Iterator[Row]:
    """The kills, dealt out evenly over all faults and commands."""
    mounted = can_mount()
    faults = [fault for fault in FAULTS if mounted or fault not in (FULL, READ_ONLY)]
    pairs = list(product(faults, COMMANDS))
    benches = {name: Bench.of(name, folder / name) for name in COMMANDS}
    for number, (fault, name) in enumerate(pairs):
        count = kills // len(pairs) + (number < kills % len(pairs))
        trials = [
            lambda fault=fault, name=name, i=i: benches[name].trial(fault, random.Random(f"{seed} {fault} {name} {i}"))
            for i in range(count)
        ]
        yield Row(f"{name}: {fault}", f"{TESTS}::test_a_fault[{name}-{fault}]", trials)
    for fault, name in product(() if mounted else (FULL, READ_ONLY), COMMANDS):
        yield Row(f"{name}: {fault}", f"{TESTS}::test_a_fault[{name}-{fault}]", [])


def _single(seed: int, folder: Path) -> Iterator[Row]:
    for check, (what, counts) in SINGLE.items():
        for name, count in counts.items():
            place = folder / f"{check}-{name}"
            trials = [
                lambda check=check, name=name, place=place, i=i: getattr(checks, check)(
                    name, place / str(i), random.Random(f"{seed} {check} {name} {i}")
                )
                for i in range(count)
            ]
            yield Row(f"{name}: {what}", f"{TESTS}::test_a_single_check[{check}-{name}]", trials)


def _tried(rows: list[Row]) -> dict[str, list[str]]:
    """What went wrong in each row, its trials side by side."""
    found: dict[str, list[str]] = {row.what: [] for row in rows}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        trials = {threads.submit(trial): row for row in rows for trial in row.trials}
        with tqdm(as_completed(trials), total=len(trials), desc="faults", unit="trial") as bar:
            for done in bar:
                problems = done.result()
                if problems:
                    found[trials[done].what].append("; ".join(problems))
                    bar.write(f"{trials[done].what}: {found[trials[done].what][-1]}")
    return found


def _without_mounts() -> list[str]:
    if can_mount():
        return []
    return ["No tmpfs can be mounted here: the rows of a full and of a read-only disk have no trials."]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(main)

if __name__ == "__main__":
    run(app)
