"""A study: rows measured seed by seed, in parallel, into one tidy table."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import pandas as pd
from tqdm import tqdm

from simulations.sweeps.execution import CellError, Cores


@dataclass(frozen=True)
class Study:
    """One table of measurements.

    Attributes
    ----------
    name : of the study and of its table
    question : what it answers, in a line
    settings : everything that `measure` is run with but the seed; goes into the sidecar
    measure : the rows of one seed
    seeds : how many seeds the published table has
    """

    name: str
    question: str
    settings: Mapping[str, object]
    measure: Callable[[int], pd.DataFrame]
    seeds: int

    def run(self, seeds: int | None = None, jobs: int = 1) -> pd.DataFrame:
        """The table over seeds 0..seeds-1, with a column `seed`; the same for any number of jobs."""
        count = self.seeds if seeds is None else seeds
        if count < 1 or jobs == 0:
            raise ValueError(f"seeds={count} and jobs={jobs}: seeds is at least 1, jobs is not 0")
        tables: dict[int, pd.DataFrame] = {}
        with closing(Cores(jobs).run(self.measure, range(count))) as outcomes:
            for seed, rows in tqdm(outcomes, total=count, desc=self.name, unit="seed"):
                if isinstance(rows, CellError):
                    raise RuntimeError(f"study {self.name}, seed {seed}: {rows.error} ({rows.where})")
                rows.insert(0, "seed", seed)
                tables[seed] = rows
        return pd.concat([tables[seed] for seed in range(count)], ignore_index=True)
