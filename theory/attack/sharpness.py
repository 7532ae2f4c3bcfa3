"""The sharpness of each bound: the largest ratio known, anywhere and where it matters, and its graphs."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.folders import AGAIN, locked_folder
from pairbounds.infrastructure.ownership import Output, table
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.infrastructure.progress import tqdm
from pairbounds.infrastructure.tables import read_table, write_table
from pairbounds.theory.attack.climbing import ROUND_OFF
from pairbounds.theory.attack.evaluation import Evaluator, Meter
from pairbounds.theory.attack.records import RATINGS, Record, Witness, place
from pairbounds.theory.attack.search import hunt
from pairbounds.theory.attack.shrinking import shrink
from pairbounds.theory.bounds import BOUNDS, Bound
from pairbounds.theory.graph.formats import graph_output

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

    def left(self, records: Sequence[Record]) -> int:
        """Evaluations for the next round."""
        return int(min(ROUND, self.evaluations - sum(it.evaluations for it in records)))


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

    A claim has two records, `NAME.npz` and `NAME-matters.npz`: the graph and what was spent on it. The search goes on
    from what is stored there, in the package and in `known`, in rounds; each is saved when it ends, so that a killed
    run loses the rounds under way and nothing else, and comes to the same end when it is given again. At last every
    claim is held against the graphs of all the others. With a limit of evaluations the result depends on what was
    stored alone.

    Parameters
    ----------
    known : further graphs to hold every claim against
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
    records = {claim.name: [_stored(claim, where, out, afresh=afresh) for where in RATINGS] for claim in claims}
    settings = {"seconds": limit.seconds, "evaluations": limit.evaluations}
    settings = {name: allowed for name, allowed in settings.items() if math.isfinite(allowed)}
    _keep(_exchanged(records, known, jobs, "known graphs"), records, out)
    with tqdm(desc="sharpness", total=len(claims), bar_format="{desc} {percentage:3.0f}%|{bar}| {postfix}") as bar:
        while waiting := [found for found in records.values() if limit.spent(found) < 1]:
            tasks = [_Task(_next(found), limit.left(found)) for found in waiting]
            with side_by_side(_round, tasks, jobs, ordered=False) as done:
                for record in done:
                    _keep([record], records, out)
                    bar.n = sum(min(1.0, limit.spent(found)) for found in records.values())
                    ratio = f"{record.ratio:.4f}" if record.counts else "none yet"
                    bar.set_postfix_str(f"{record.claim.name} {record.where}: {ratio}")
            _write(records, out, settings)
    pool = [record.witness for found in records.values() for record in found if record.witness is not None]
    _keep(_exchanged(records, pool, jobs, "graphs of other bounds"), records, out)
    return _write(records, out, settings)


def _stored(claim: Bound, where: str, out: Path, *, afresh: bool) -> Record:
    """The record in `out`, or a better one in the package."""
    record = Record.load(claim, where, out)
    if afresh:
        record = replace(record, evaluations=0, rounds=0, seconds=0.0)
    shipped = Record.load(claim, where, SHARPEST)
    return record if shipped.witness is None else record.considering(shipped.witness, shipped.origin)


def _keep(changed: Iterable[Record], records: dict[str, list[Record]], out: Path) -> None:
    for record in changed:
        record.save(out)
        found = records[record.claim.name]
        found[[it.where for it in found].index(record.where)] = record


def _next(records: list[Record]) -> Record:
    """The record to go on with: of those that are not at equality yet, the one with the fewest rounds."""
    loose = [record for record in records if not record.ratio > SHARP]
    return min(loose or records, key=lambda record: record.rounds)


@dataclass(frozen=True, eq=False)
class _Task:
    record: Record
    evaluations: int


def _round(task: _Task) -> Record:
    record, begin = task.record, time.process_time()
    evaluator = Evaluator(record.claim, Meter(math.inf, task.evaluations), RATINGS[record.where])
    rng = np.random.default_rng([record.rounds, list(RATINGS).index(record.where)])
    start = None if record.witness is None else record.witness.candidate(record.origin)
    best = hunt(evaluator, rng, known=[] if start is None else [start])
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


def _exchanged(records: dict[str, list[Record]], pool: list[Witness], jobs: int, what: str) -> list[Record]:
    """The records, each held against all graphs of a pool."""
    tasks = [_Offer(record, pool) for found in records.values() for record in found]
    with side_by_side(_offered, tasks if pool else [], jobs, ordered=False) as done:
        return list(tqdm(done, desc=what, total=len(tasks), leave=False))


@dataclass(frozen=True, eq=False)
class _Offer:
    record: Record
    pool: list[Witness]


def _offered(offer: _Offer) -> Record:
    record = offer.record
    for witness in offer.pool:
        record = record.considering(witness, KNOWN)
    return record


def _write(records: dict[str, list[Record]], out: Path, settings: dict[str, float]) -> pd.DataFrame:
    """The table of these records, and in the file also what it held of other bounds."""
    found = pd.DataFrame([_row(record) for both in records.values() for record in both], columns=COLUMNS)
    before = read_table(out / TABLE) if (out / TABLE).is_file() else found
    others = before[before["bound"].isin(set(BOUNDS) - set(records))] if _is_ours(before) else before.head(0)
    write_table(pd.concat([found, others]) if len(others) else found, out / TABLE, settings)
    return found


def _is_ours(table: pd.DataFrame) -> bool:
    return set(COLUMNS) <= set(table.columns)


def _row(record: Record) -> dict[str, object]:
    row = vars(record) | {"bound": record.claim.name, "status": record.claim.status}
    if record.witness is None or not record.counts:
        return row | dict.fromkeys(OF_GRAPH, math.nan)
    n_left, n_right = record.witness.graph.joint.shape
    return row | {"k": record.witness.k, "n_left": n_left, "n_right": n_right}


def known_graphs(folder: Path) -> list[Witness]:
    """The graphs with a width that are saved in a folder."""
    return [Witness.load(path) for path in sorted(folder.glob("*.npz"))]


def outputs(claims: Iterable[Bound], out: Path) -> list[Output]:
    """The files that `measure_sharpness` writes."""
    return [*(graph_output(place(claim, where, out)) for claim in claims for where in RATINGS), *table(out / TABLE)]


def read_sharpness(folder: Path) -> pd.DataFrame:
    """The table that `measure_sharpness` wrote; one with other columns is a `ValueError`."""
    found = read_table(folder / TABLE)
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise ValueError(f"table {folder / TABLE} lacks {', '.join(missing)}: `make sharpness` measures it")
    return found
