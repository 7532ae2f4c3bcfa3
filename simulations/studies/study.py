"""A study: rows measured seed by seed, in parallel, into one tidy table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import joblib
import pandas as pd
from threadpoolctl import threadpool_limits
from tqdm import tqdm


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
        cells = joblib.Parallel(n_jobs=jobs, return_as="generator")(
            joblib.delayed(_cell)(self.measure, seed) for seed in range(count)
        )
        return pd.concat(tqdm(cells, total=count, desc=self.name, unit="seed"), ignore_index=True)


def _cell(measure: Callable[[int], pd.DataFrame], seed: int) -> pd.DataFrame:
    # One thread each: workers would otherwise fight for the cores, and sums depend on the number of threads.
    with threadpool_limits(limits=1):
        rows = measure(seed)
    rows.insert(0, "seed", seed)
    return rows
