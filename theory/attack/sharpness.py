"""How sharp each bound is: the largest ratio that the search has found, and the graph that shows it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from theory.attack import find_counterexample
from theory.bounds import Bound
from theory.infrastructure.folders import held
from theory.infrastructure.ownership import Output, graph, table
from theory.infrastructure.tables import read_table, write_table

SHARPEST = Path(__file__).parent / "sharpest"  # what is published, and in the wheel
TABLE = "sharpness.csv"
COLUMNS = ["bound", "status", "ratio", "refuted", "rests_on_ties", "measured", "value", "k", "n_left", "n_right"]
COLUMNS += ["origin", "evaluations", "seed"]


def measure_sharpness(claims: Iterable[Bound], out: Path, *, evaluations: int, seeds: int) -> pd.DataFrame:
    """Attack each claim from several seeds; write the table, and the best graph of each as NAME.npz, into `out`.

    Reproducible: the searches end after `evaluations` graphs, and not by the clock.
    """
    with held(out, "sharpness"):
        return _measured(list(claims), out, evaluations, seeds)


def _measured(claims: list[Bound], out: Path, evaluations: int, seeds: int) -> pd.DataFrame:
    rows = []
    for claim in tqdm(claims, desc="sharpness", unit="bound"):
        tries = [
            find_counterexample(claim, budget=np.inf, evaluations=evaluations, rng=np.random.default_rng(seed))
            for seed in range(seeds)
        ]
        seed, best = max(enumerate(tries), key=lambda pair: pair[1].ratio)
        best.graph.save(out / f"{claim.name}.npz")
        sizes = {"n_left": best.graph.n_left, "n_right": best.graph.n_right, "seed": seed, "status": claim.status}
        rows.append(vars(best) | sizes)
    found = pd.DataFrame(rows)[COLUMNS]
    write_table(found, out / TABLE, {"evaluations": evaluations, "seeds": seeds})
    return found


def outputs(claims: Iterable[Bound], out: Path) -> list[Output]:
    """The files that `measure_sharpness` writes."""
    return [*(graph(out / f"{claim.name}.npz") for claim in claims), *table(out / TABLE)]


def read_sharpness(folder: Path) -> pd.DataFrame:
    """The table that `measure_sharpness` wrote; one with other columns is a `ValueError`."""
    found = read_table(folder / TABLE)
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise ValueError(f"table {folder / TABLE} lacks {', '.join(missing)}: `make sharpness` measures it")
    return found
