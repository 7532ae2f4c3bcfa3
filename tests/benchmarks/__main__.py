"""`python -m tests.benchmarks [NAME...]`: time ours against its peers, in one table."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import torch
import typer
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from pairbounds.infrastructure.commandline import echo, print_table, run
from pairbounds.infrastructure.tables import surroundings
from tests.benchmarks.cases import BENCHMARKS, SIZES, Duel
from tests.rooms import ROOT

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
RECORD = ROOT / "results" / "benchmarks.json"
COLUMNS = ("benchmark", "size", "case", "seconds", "MiB", "peer", "peer's MiB", "peer over ours")
INTRODUCTION = """# Benchmarks

Measured by `make bench`, on one thread. A ratio above 1 means that ours is faster; brackets hold the least and the
largest ratio of single runs of the peer to the run of ours in the same round.
"""
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(BENCHMARKS)}; all by default.")] = None,
    size: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(SIZES)}; those meant for each.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs of each side; medians are shown.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the graphs and of the starts.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Keep the record here too.")] = None,
) -> None:
    """Time ours against its peers on the same input, on one thread, each once per round."""
    torch.set_num_threads(1)  # threads that wait for one another would be measured too
    with threadpool_limits(1):
        for name in names or BENCHMARKS:  # what they import and compile is not timed
            for duel in BENCHMARKS[name][1](SIZES["XS"], seed):
                _ = [*measure(duel, 1)]
        plan = [
            (name, label, duel)
            for name in names or BENCHMARKS
            for label in size or BENCHMARKS[name][0]
            for duel in BENCHMARKS[name][1](SIZES[label], seed)
        ]
        rows = [
            {"benchmark": name, "size": label, **row}
            for name, label, duel in tqdm(plan, unit="duel", leave=False, disable=None)
            for row in measure(duel, repeats)
        ]
    print_table("seconds of CPU", COLUMNS, [_cells(row) for row in rows])
    echo(*dict.fromkeys(row["note"] for row in rows if row["note"]))
    if out is not None:
        record = {"configuration": {"repeats": repeats, "threads": 1, "seed": seed}, **surroundings(), "duels": rows}
        out.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(duel: Duel, repeats: int) -> Iterator[dict[str, Any]]:
    """Yield, for each peer, medians of CPU seconds of interleaved runs.

    The ratio is the peer's seconds over ours, with the least and the largest of two runs of one round. `memory` and
    `peer_memory`, in MiB, are None unless runs are processes of their own.
    """
    sides = {"": duel.ours, **duel.peers}
    runs: dict[str, list[tuple[float, float | None]]] = {name: [] for name in sides}
    for repeat in range(repeats):
        for name in [*sides][:: -1 if repeat % 2 else 1]:
            runs[name].append(timed(sides[name], duel.make()))
    seconds = {name: [spent for spent, _ in side] for name, side in runs.items()}
    for name in duel.peers:
        beside = [theirs / ours for ours, theirs in zip(seconds[""], seconds[name], strict=True)]
        yield {
            "case": duel.case,
            "seconds": median(seconds[""]),
            "memory": runs[""][0][1],
            "peer": name,
            "peer_memory": runs[name][0][1],
            "ratio": median(seconds[name]) / median(seconds[""]),
            "ratio_least": min(beside),
            "ratio_most": max(beside),
            "note": duel.note,
        }


def timed(side: Callable[[Any], object], input_: Any) -> tuple[float, float | None]:
    """CPU seconds of a run, and its peak memory in MiB if it is a Python command, which runs as its own process."""
    start = time.process_time()
    command = side(input_)
    if not isinstance(command, list):
        return time.process_time() - start, None
    arguments = [sys.executable, *map(str, command)]
    process = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.spent", *arguments],
        env=os.environ | ONE_THREAD,
        check=True,
        capture_output=True,
        text=True,
    )
    spent = json.loads(process.stdout.splitlines()[-1])
    return spent["seconds"], spent["memory"]


def benchmarks_page(path: Path = RECORD) -> str:
    """Markdown of the page, from a record."""
    record = json.loads(path.read_text(encoding="utf-8"))
    settings, versions, hardware = record["configuration"], record["versions"], record["hardware"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("numpy", "scipy", "torch"))
    rows = [COLUMNS, ["---"] * len(COLUMNS), *map(_cells, record["duels"])]
    lines = [
        INTRODUCTION,
        f"Medians of {settings['repeats']} interleaved runs, seed {settings['seed']}; {named}; {hardware['machine']}, "
        f"{hardware['cpus']} CPUs, {hardware['system']}; commit `{(record['commit'] or 'unknown')[:12]}`. Seconds are "
        "of CPU time.\n",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        *(f"- {row['note']}." for row in {row["note"]: row for row in record["duels"] if row["note"]}.values()),
    ]
    return "\n".join(lines) + "\n"


def _cells(row: Mapping[str, Any]) -> list[str]:
    ratio, low, high = (_number(row[column]) for column in ("ratio", "ratio_least", "ratio_most"))
    memory, peer_memory = ("" if row[column] is None else f"{row[column]:,.0f}" for column in ("memory", "peer_memory"))
    named = [row["benchmark"], row["size"], row["case"]]
    return [*named, _number(row["seconds"]), memory, row["peer"], peer_memory, f"{ratio} ({low} to {high})"]


def _number(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    run(app)
