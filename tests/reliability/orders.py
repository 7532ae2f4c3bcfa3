"""`python -m tests.reliability.orders`: bounds of one graph in many orders of summation, on processors of many kinds.

A value may move by `MOVED` of itself, or of `LEAST` where it is round-off. Each row is a bound: `count` are its values
on all graphs, `found` the graphs on which it moves, or is applicable in one form and not in another.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from pairbounds import PairGraph, check_bounds
from pairbounds.infrastructure.commandline import run
from tests.families import GRAPHS
from tests.reliability.processor import variables
from tests.reliability.record import RECORDS, Record

BOUNDS_HELD = ["local-multihop-error", "local-penalised-error", "walk-vote-error"]
TEST = "tests/bounds/test_summation.py"
SEED = 26
MOVED, LEAST = 1e-6, 1e-6
ONE, TWO = ({"OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n} for n in ("1", "2"))

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def drawn(number: int) -> dict[str, Any]:
    """A small graph of random integers, or of a family: weights, labels, width and penalty."""
    rng = np.random.default_rng([SEED, number])
    if number % 4 == 3:
        shape = rng.integers(2, 12, size=2)
        weights, labels = rng.integers(1, 1000, size=shape) / 1000, rng.integers(2, size=shape[0])
    else:
        graph = list(GRAPHS.values())[number * 3 // 4 % len(GRAPHS)](rng, int(rng.integers(8, 33)))
        weights, labels = graph.joint.toarray(), np.asarray(graph.left_labels)
    k, penalty = int(rng.integers(1, max(2, min(weights.shape)))), float(rng.uniform(0.1, 0.9))
    return {"weights": weights.tolist(), "labels": labels.tolist(), "k": k, "penalty": penalty}


def forms(weights: np.ndarray, labels: np.ndarray, number: int) -> Iterator[PairGraph]:
    """The graph as it is, with rows and columns permuted, and with three times its weights."""
    rng = np.random.default_rng(number)
    rows, columns = (rng.permutation(length) for length in weights.shape)
    yield PairGraph(weights, labels)
    yield PairGraph(weights[rows][:, columns], labels[rows])
    yield PairGraph(3 * weights, labels)


@app.command()
def values(graphs: Path, out: Path) -> None:
    """Write the values of all bounds on all forms of the graphs, as this process computes them."""
    found = []
    for number, one in enumerate(json.loads(graphs.read_text(encoding="utf-8"))):
        every = forms(np.array(one["weights"]), np.array(one["labels"]), number)
        tables = [check_bounds(form, one["k"], penalty=one["penalty"], bounds=BOUNDS_HELD) for form in every]
        found.append([table["value"].to_numpy(float) for table in tables])
    np.save(out, np.array(found))


@app.command()
def campaign(
    graphs: Annotated[int, typer.Option(help="How many.")] = 1000,
    out: Annotated[Path, typer.Option(metavar="FILE.json")] = RECORDS / "orders.json",
) -> None:
    """Compare the values of all places and forms, and record on how many graphs they move."""
    begun = time.monotonic()
    places = {"one thread": ONE, "two threads": TWO, "another processor": ONE | variables()}
    with tempfile.TemporaryDirectory() as folder:
        drawings = Path(folder) / "graphs.json"
        drawings.write_text(json.dumps([drawn(number) for number in range(graphs)]), encoding="utf-8")
        # (graphs, places x forms, bounds)
        with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
            found = side_by_side.map(partial(_computed, drawings, Path(folder)), *zip(*places.items(), strict=True))
            every = np.concatenate(list(found), axis=1)
    moved = _moved(every)
    rows = [
        {
            "what": f"{name}, in every order",
            "count": every[..., 0].size,
            "found": int(np.sum(column > MOVED)),
            "test": TEST,
        }
        for name, column in zip(BOUNDS_HELD, moved.T, strict=True)
    ]
    largest = [
        f"The most that {name} moves by is {most:.1e} of it."
        for name, most in zip(BOUNDS_HELD, moved.max(axis=0), strict=True)
    ]
    notes = [f"Each graph as it is, permuted and tripled: {', '.join(places)}.", *largest]
    minutes = round((time.monotonic() - begun) / 60, 1)
    Record("Orders of summation", "make orders", rows, minutes, SEED, notes).write(out.stem, out.parent)
    print(pd.DataFrame(rows).to_string(index=False), *notes, sep="\n")


def _computed(drawings: Path, folder: Path, place: str, environment: Mapping[str, str]) -> np.ndarray:
    """In a process of its own, whose libraries read their variables when they start."""
    out = folder / f"{place}.npy"
    command = [sys.executable, "-m", "tests.reliability.orders", "values", str(drawings), str(out)]
    subprocess.run(command, env={**os.environ, **environment}, check=True)
    return np.load(out)


def _moved(every: np.ndarray) -> np.ndarray:
    """By how much of itself a value moves, (graphs, bounds); infinite where only some forms have one."""
    some = np.isfinite(every)
    least, most = (
        reduce(np.where(some, every, fill), axis=1) for reduce, fill in ((np.min, np.inf), (np.max, -np.inf))
    )
    part = np.where(some.any(axis=1), (most - least) / np.maximum(np.abs(most), LEAST), 0.0)
    return np.where(some.any(axis=1) & ~some.all(axis=1), np.inf, part)


if __name__ == "__main__":
    run(app)
