"""Many graphs that Hypothesis draws on several processes; of each kind of finding the simplest graph that shows it."""

from functools import partial

import torch
from hypothesis import Phase
from threadpoolctl import threadpool_limits

from tests.fuzz import mutants
from tests.fuzz.drawing import add_up, each_of
from tests.fuzz.metamorphic import PROPERTIES, differences
from tests.fuzz.specimen import TRUSTED, Specimen
from tests.fuzz.strategies import specimens
from tests.fuzz.tally import Tally
from tests.fuzz.verdicts import judge

BATCH = 100  # graphs
EVERY = 4  # graphs of a long run: false bounds and other forms take more time than verdicts, and need fewer graphs
PROPERTIES_EVERY = 10  # of these: on so many of them one property is tried, in turn


class FoundError(Exception):
    """A specimen that shows what is looked for."""


def run(start: int, graphs: int, jobs: int) -> Tally:
    """Judge so many graphs of a seed."""
    return add_up(partial(judged, every=EVERY), Tally(), start, graphs, BATCH, jobs)


def judged(batch: str, graphs: int, every: int = 1) -> Tally:
    """The graphs of a batch; on every so many also false bounds, and on every tenth of those one property."""
    torch.set_num_threads(1)
    tally = Tally()

    def count(specimen: Specimen) -> None:
        turn, rest = divmod(tally.graphs.total(), every)
        with mutants.registered(() if rest else mutants.tried(turn, specimen.span)):
            tally.add(batch, specimen, judge(specimen))
        if not rest and turn % PROPERTIES_EVERY == 0:
            name = list(PROPERTIES)[turn // PROPERTIES_EVERY % len(PROPERTIES)]
            tally.compare(batch, name, specimen, differences(name, specimen))

    with threadpool_limits(1):
        each_of(specimens(), count, batch, graphs, Phase.generate)
    return tally


def shrunk(kind: str, batch: str, graphs: int = BATCH) -> Specimen:
    """The simplest graph that shows a kind of finding, from the first of a batch that does."""

    def look(specimen: Specimen) -> None:
        if kind in shown(kind, specimen):
            raise FoundError(specimen)

    try:
        each_of(specimens(), look, batch, graphs, Phase.generate, Phase.shrink)
    except FoundError as found:
        return found.args[0]
    raise ValueError(f"no graph of batch {batch} shows it: {kind}")


def shown(kind: str, specimen: Specimen) -> list[str]:
    """The findings of a specimen, of the sort that a kind is of."""
    sort, _, name = kind.partition(" ")
    if sort == "property":
        name = name.partition(":")[0]
        return [f"property {name}: {row}" for row in differences(name, specimen)]
    with mutants.registered([name] if sort == "missed" and specimen.span <= TRUSTED else ()):
        outcome = judge(specimen)
    return outcome.findings + [f"missed {bound}" for bound in outcome.missed]
