"""Whole commands, each in a process of its own, against the time and the memory that they should take.

`python -m tests.benchmarks.whole` runs all of them, one after the other: the front door, the audit of ten million
pairs, a graph of a hundred thousand images and captions, the study of the emoji captions, and a spectrum at XL.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from tqdm import tqdm

from pairbounds.infrastructure.commandline import print_table, run
from pairbounds.infrastructure.tables import require_table_path, write_table
from tests.benchmarks import page
from tests.benchmarks.bench_audit import write_tables
from tests.benchmarks.bench_from_features import NEAREST, TEMPERATURE, features
from tests.benchmarks.duel import Size
from tests.benchmarks.graphs import block_model, circle

GIB = 2**30
AUDIT_WIDTH, PAIRS = 32, 10_000_000
XL = Size(2_000_000, 200_000, 64)
LOAD = "from pairbounds import PairGraph; graph = PairGraph.load('{folder}/graph.npz'); graph.normalized"
MANY, SIDES = 100_000, ("images", "captions")
# The peak of a process on Linux is at least that of the one which starts it: so a small one does.
LAUNCHER = """
import json, os, sys, time
silent, start = os.open(os.devnull, os.O_WRONLY), time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)])
_, status, used = os.wait4(process, 0)
clock = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, clock, used.ru_maxrss]))
"""
FROM_FEATURES = (
    "import numpy as np; from pairbounds import PairGraph; "
    f"sides = [np.load('{{folder}}/' + name + '.npy') for name in {SIDES}]; "
    f"PairGraph.from_features(*sides, temperature={TEMPERATURE}, top_k={NEAREST}, device='cpu')"
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Whole:
    """A command, and what it should cost.

    Attributes
    ----------
    case : what it does
    command : what follows `python`; `{folder}` stands for the folder of its input
    prepare : writes its input into that folder, given a seed
    seconds, gibibytes : of CPU, and of memory at the peak, that it should take at most; `None` where nobody said
    beside : a command of which the peak is taken off: the input's own memory
    repeats : how often it is timed, for the median
    why : what is known of the reason, where it takes more than it should
    """

    case: str
    command: tuple[str, ...]
    prepare: Callable[[Path, int], None] | None = None
    seconds: float | None = None
    gibibytes: float | None = None
    beside: tuple[str, ...] | None = None
    repeats: int = 1
    why: str = ""


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU and of the clock, and the peak of memory in GiB."""

    cpu: float
    clock: float
    peak: float


def audited(folder: Path, seed: int, pairs: int, classes: int) -> None:
    """Ten pairs an image, and a hundred a caption."""
    size = Size(pairs // 10, pairs // 100, AUDIT_WIDTH)
    write_tables(block_model(np.random.default_rng(seed), size, classes), folder)


def largest_graph(folder: Path, seed: int) -> None:
    circle(np.random.default_rng(seed), XL).save(folder / "graph.npz")


def many_features(folder: Path, seed: int) -> None:
    for name, side in zip(SIDES, features(MANY, MANY, seed), strict=True):
        np.save(folder / f"{name}.npy", side)


def an_audit(classes: int) -> Whole:
    tables = ("{folder}/pairs.parquet", "--labels", "{folder}/labels.parquet", "--out", "{folder}/out")
    return Whole(
        f"`pairbounds audit`, {PAIRS:,} pairs, {classes} classes, k = {AUDIT_WIDTH}",
        ("-m", "pairbounds", "audit", *tables, "--k", str(AUDIT_WIDTH)),
        lambda folder, seed: audited(folder, seed, PAIRS, classes),
    )


WHOLES = {
    "import": Whole(
        "`from pairbounds import check_bounds`", ("-c", "from pairbounds import check_bounds"), seconds=0.5, repeats=7
    ),
    "help": Whole("`pairbounds --help`", ("-m", "pairbounds", "--help"), seconds=1.0, repeats=7),
    "emoji": Whole(
        "the study of the emoji captions",
        ("-m", "pairbounds", "study", "emoji_captions", "--jobs", "1", "--out", "{folder}/emoji"),
        seconds=20.0,
        why="the emoji have a dense spectrum with its null space, and more than fifty bounds at each of 20 widths of "
        "up to 1,600, for two label sets",
    ),
    "audit-10": an_audit(10),
    "audit-100": an_audit(100),
    "audit-1000": replace(
        an_audit(1_000),
        seconds=120.0,
        gibibytes=3.0,
        why="with 1,000 classes σ_{k+1} lies in a cluster of as many values, where ARPACK takes two thousand products, "
        "more than a third of the time; two hops of the label measure and three of the margins of scores, at 1e10 "
        "multiplications a half hop in double precision, take about as long",
    ),
    "features": Whole(
        f"a graph of {MANY:,} images x {MANY:,} captions, the nearest {NEAREST}", ("-c", FROM_FEATURES), many_features
    ),
    "spectrum-XL": Whole(
        f"spectrum, pow at XL, {XL.n_left:,} x {XL.n_right:,}, k = {XL.k}; memory beyond the graph's",
        ("-c", f"{LOAD}; from pairbounds import spectrum; spectrum(graph, {XL.k}, tol=1e-6)"),
        largest_graph,
        gibibytes=2.5,
        beside=("-c", LOAD),
    ),
}


def measured(whole: Whole, seed: int) -> dict[str, object]:
    """A row: case, n, cpu, cpu_least, cpu_most, clock, peak, the targets `cpu_target` and `peak_target` (NaN), why."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if whole.prepare is not None:
            _apart(whole.prepare, folder, seed)
        aside = cost(whole.beside, folder).peak if whole.beside else 0.0
        runs = [cost(whole.command, folder) for _ in range(whole.repeats)]
    seconds = [each.cpu for each in runs]
    return {
        "case": whole.case,
        "n": len(runs),
        "cpu": median(seconds),
        "cpu_least": min(seconds),
        "cpu_most": max(seconds),
        "cpu_target": np.nan if whole.seconds is None else whole.seconds,
        "clock": median(each.clock for each in runs),
        "peak": max(each.peak for each in runs) - aside,
        "peak_target": np.nan if whole.gibibytes is None else whole.gibibytes,
        "why": whole.why,
    }


def _apart(prepare: Callable[[Path, int], None], folder: Path, seed: int) -> None:
    """In a process of its own, whose memory is given back."""
    process = multiprocessing.get_context("fork").Process(target=prepare, args=(folder, seed))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the input in {folder} was not written: code {process.exitcode}")


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Of `python COMMAND` on one thread, which says nothing unless it fails.

    Raises
    ------
    RuntimeError
        It failed.
    """
    arguments = [sys.executable, *(part.replace("{folder}", str(folder)) for part in command)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *arguments]
    code, cpu, clock, peak = json.loads(subprocess.check_output(launcher, env=environment, text=True))
    if code:
        raise RuntimeError(f"{' '.join(arguments)} ended with code {code}")
    return Cost(cpu, clock, peak * 1024 / GIB)


@app.command()
def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(WHOLES)}; all by default.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the inputs.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="TABLE", help="Write the table here too.")] = None,
) -> None:
    """Run whole commands, one after the other: seconds of CPU and of the clock, and memory at the peak."""
    names = names or list(WHOLES)
    if unknown := [name for name in names if name not in WHOLES]:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(WHOLES)}")
    if out is not None:
        require_table_path(out)
    table = pd.DataFrame(measured(WHOLES[name], seed) for name in tqdm(names, unit="command", disable=None))
    print_table("Whole commands, one thread", *page.shown(table))
    if out is not None:
        write_table(table, out, {"commands": names, "seed": seed, "threads": 1})


if __name__ == "__main__":
    run(app)
