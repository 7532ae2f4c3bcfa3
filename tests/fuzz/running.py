"""Many graphs on several processes, until the budget is spent."""

import time
from collections.abc import Iterator

import torch
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from tests.fuzz import mutants
from tests.fuzz.sampling import draw
from tests.fuzz.verdicts import judge
from tests.fuzz.tally import PROPERTIES_EVERY, Tally

BATCH = 50  # graphs
EVERY = 4  # graphs of a long run: false bounds and other forms take more time than verdicts, and need fewer graphs


def run(seed: int, *, minutes: float, graphs: int | None, jobs: int) -> Tally:
    """Judge graphs 0, 1, 2, ... of a seed, for so many minutes or so many graphs, whichever is less."""
    end = time.monotonic() + 60 * minutes
    tally = Tally()
    with tqdm(total=graphs, unit="graph", disable=None) as progress:
        batches = (delayed(judged)(seed, start, stop, EVERY) for start, stop in _batches(graphs, end))
        for part in Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")(batches):
            tally.join(part)
            progress.update(part.graphs.total())
            progress.set_postfix(found=len(tally.first))
    return tally


def _batches(graphs: int | None, end: float) -> Iterator[tuple[int, int]]:
    start = 0
    while time.monotonic() < end and (graphs is None or start < graphs):
        stop = start + BATCH if graphs is None else min(start + BATCH, graphs)
        yield start, stop
        start = stop


def judged(seed: int, start: int, stop: int, every: int = 1) -> Tally:
    """The graphs start..stop-1; on every so many also false bounds, and on every tenth of those one property."""
    torch.set_num_threads(1)
    tally = Tally()
    with threadpool_limits(1):
        for number in range(start, stop):
            specimen = draw(seed, number)
            turn, rest = divmod(number, every)
            with mutants.registered(() if rest else mutants.tried(turn, specimen.span)):
                tally.add(number, specimen, judge(specimen))
            if not rest and turn % PROPERTIES_EVERY == 0:
                tally.compare(turn // PROPERTIES_EVERY, number, specimen)
    return tally
