"""The sharpness of each bound: the largest ratio known, anywhere and where it matters, and its graphs."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.folders import AGAIN, locked_folder
from pairbounds.infrastructure.ownership import Output, table
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import read_table, write_table
from pairbounds.theory.attack.climbing import ROUND_OFF
from pairbounds.theory.attack.evaluation import Evaluator, Meter
from pairbounds.theory.attack.records import RATINGS, Record, Witness, graphs_output, save_records
from pairbounds.theory.attack.search import search
from pairbounds.theory.attack.shrinking import shrink
from pairbounds.theory.bounds import BOUNDS, Bound

SHARPEST = Path(__file__).parent / "sharpest"  # what is published, and in the wheel
TABLE = "sharpness.csv"
OF_GRAPH = ["ratio", "measured", "value", "k", "n_left", "n_right"]  # NaN where none counts
COLUMNS = ["bound", "status", "where", *OF_GRAPH, "refuted", "rests_on_ties", "origin"]
COLUMNS += ["evaluations", "rounds", "seconds"]
ROUND = 1000  # evaluations between one saving and the next
KNOWN = "known"  # the origin of a graph that no search for this bound has found
SHARP = 1 - 1e-4  # a ratio from which on nothing is left to gain


@dataclass(frozen=True)
class Limit:
    """The limit for a bound, earlier runs included: seconds of CPU, evaluations, or whichever ends first."""

    seconds: float = math.inf
    evaluations: float = math.inf

    def __post_init__(self) -> None:
        if not (self.seconds > 0 and self.evaluations > 0):
            raise ValueError("the time and the evaluations for a bound are not positive: there is nothing to do")
        if math.isinf(self.seconds) and math.isinf(self.evaluations):
            raise ValueError("neither a time nor a number of evaluations is given: the search would have no end")

    def spent(self, records: Sequence[Record]) -> float:
        """The part that is spent on a bound with these records; 1 when it is all, or more."""
        seconds, evaluations = (sum(getattr(it, name) for it in records) for name in ("seconds", "evaluations"))
        return float(max(seconds / self.seconds, evaluations / self.evaluations))


def measure_sharpness(
    claims: Iterable[Bound],
    out: Path,
    limit: Limit,
    *,
    known: Iterable[Witness] = (),
    jobs: int = 1,
    afresh: bool = False,
) -> pd.DataFrame:
    """Attack each claim, and keep in `out` the largest ratio ever found, anywhere and where it matters.

    The search goes on from what is stored there, in the package and in `known`, in rounds. Each is saved when it ends,
    so that a killed run loses the rounds under way and nothing else, and comes to the same end when it is given again.
    At last every claim is evaluated on the graphs of all the others. With a limit of evaluations the result depends on
    what was stored alone.

    Parameters
    ----------
    known : further graphs to evaluate every claim on
    jobs : processes, by joblib
    afresh : count what was spent from 0; the graphs stay

    Returns
    -------
    DataFrame with columns `COLUMNS`, a row for each claim and place, also written to `out`.
    """
    with locked_folder(out, "sharpness", kept=f"the rounds that ended are in {{}}; {AGAIN}"):
        return _measured(list(claims), out, limit, list(known), jobs, afresh=afresh)


def _measured(
    claims: list[Bound], out: Path, limit: Limit, known: list[Witness], jobs: int, *, afresh: bool
) -> pd.DataFrame:
    records = [_best_stored(claim, place, out, afresh=afresh) for claim in claims for place in RATINGS]
    records = _on_all(known, records, jobs, "known graphs")
    save_records(records, out)
    by_claim = {claim.name: [it for it in records if it.claim is claim] for claim in claims}
    with Bar(desc="sharpness", total=len(claims)) as bar:
        while waiting := [found for found in by_claim.values() if limit.spent(found) < 1]:
            left = [int(min(ROUND, limit.evaluations - sum(it.evaluations for it in found))) for found in waiting]
            tasks = zip(map(_next, waiting), left, strict=True)
            with side_by_side(_round, tasks, jobs, ordered=False) as done:
                for record in done:
                    found = by_claim[record.claim.name]
                    found[list(RATINGS).index(record.place)] = record
                    save_records([record], out)
                    ratio = f"{record.ratio:.4f}" if record.counts else "none yet"
                    spent = sum(min(1.0, limit.spent(found)) for found in by_claim.values())
                    bar.reach(spent, f"{record.claim.name} {record.place}: {ratio}")
    records = [record for found in by_claim.values() for record in found]
    pool = [record.witness for record in records if record.witness is not None]
    records = _on_all(pool, records, jobs, "graphs of other bounds")
    save_records(records, out)
    return _write(records, out, limit)


def _best_stored(claim: Bound, place: str, out: Path, *, afresh: bool) -> Record:
    """The record in `out`, or a better one in the package."""
    record = Record.load(claim, place, out)
    if afresh:
        record = replace(record, evaluations=0, rounds=0, seconds=0.0)
    shipped = Record.load(claim, place, SHARPEST)
    return record if shipped.witness is None else record.considering(shipped.witness, shipped.origin)


def _next(records: list[Record]) -> Record:
    """The record to go on with: of those that are not at equality yet, the one with the fewest rounds."""
    loose = [record for record in records if not record.ratio > SHARP]
    return min(loose or records, key=lambda record: record.rounds)


def _round(task: tuple[Record, int]) -> Record:
    """The record after a search of so many evaluations."""
    (record, evaluations), begin = task, time.process_time()
    evaluator = Evaluator(record.claim, Meter(math.inf, evaluations), RATINGS[record.place])
    rng = np.random.default_rng([record.rounds, list(RATINGS).index(record.place)])
    start = None if record.witness is None else record.witness.candidate(record.origin)
    best = search(evaluator, rng, known=[] if start is None else [start])
    if best.candidate is not None:
        if best.ratio >= 0:
            best.replace_by(*shrink(best.candidate, evaluator, rng, ratio=best.ratio, kept=1 - ROUND_OFF))
        record = record.considering(Witness.of(best.candidate), best.candidate.origin)
    return replace(
        record,
        evaluations=record.evaluations + evaluator.meter.evaluations,
        rounds=record.rounds + 1,
        seconds=record.seconds + time.process_time() - begin,
    )


def _on_all(pool: list[Witness], records: list[Record], jobs: int, what: str) -> list[Record]:
    """The records, each claim evaluated on all graphs of a pool."""
    if not pool:
        return records
    with side_by_side(partial(_on_each, pool), records, jobs) as done:
        return list(Bar(done, desc=what, total=len(records)))


def _on_each(pool: list[Witness], record: Record) -> Record:
    for witness in pool:
        record = record.considering(witness, KNOWN)
    return record


def _write(records: list[Record], out: Path, limit: Limit) -> pd.DataFrame:
    """The table of these records, and in the file also what it had of other bounds."""
    found = pd.DataFrame([_row(record) for record in records], columns=COLUMNS)
    names = {record.claim.name for record in records}
    before = read_sharpness(out) if (out / TABLE).is_file() else found
    others = before[before["bound"].isin(set(BOUNDS) - names)]
    settings = {name: allowed for name, allowed in vars(limit).items() if math.isfinite(allowed)}
    write_table(pd.concat([found, others]) if len(others) else found, out / TABLE, settings)
    return found


def _row(record: Record) -> dict[str, object]:
    row = vars(record) | {"bound": record.claim.name, "status": record.claim.status, "where": record.place}
    if record.witness is None or not record.counts:
        return row | dict.fromkeys(OF_GRAPH, math.nan)
    n_left, n_right = record.witness.graph.joint.shape
    return row | {"k": record.witness.k, "n_left": n_left, "n_right": n_right}


def known_graphs(folder: Path) -> list[Witness]:
    """The graphs with a width that are saved in a folder."""
    return [Witness.load(path) for path in sorted(folder.glob("*.npz"))]


def outputs(out: Path) -> list[Output]:
    """The files that `measure_sharpness` writes."""
    return [graphs_output(out), *table(out / TABLE)]


def read_sharpness(folder: Path) -> pd.DataFrame:
    """The table that `measure_sharpness` wrote; one with other columns is a `ValueError`."""
    found = read_table(folder / TABLE)
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise ValueError(f"table {folder / TABLE} lacks {', '.join(missing)}: `make sharpness` measures it")
    return found
