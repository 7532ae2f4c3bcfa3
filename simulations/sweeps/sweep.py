"""A sweep: the cells that are not finished yet are measured, then all of them are put into one table."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from simulations.sweeps.cells import SEED, Cell
from simulations.sweeps.configuration import SweepConfiguration
from simulations.sweeps.execution import CellError, Workers
from simulations.sweeps.store import FAILURE, Store
from theory.infrastructure import ownership
from theory.infrastructure.commandline import visible
from theory.infrastructure.folders import AGAIN, held
from theory.infrastructure.tables import read_parquet, replacing, sidecar, together, write_table

TABLE, FAILURES = "table.parquet", "failures.json"


@dataclass(frozen=True)
class SweepResult:
    """What became of a sweep.

    Attributes
    ----------
    cells, rows : how many cells there are, and how many rows the finished ones have
    failures : the cells that failed, each with its settings, seed and error
    table : where the rows are, if any cell finished
    """

    cells: int
    rows: int
    failures: Sequence[Mapping[str, object]]
    table: Path


def run_sweep(
    configuration: SweepConfiguration,
    out: Path,
    workers: Workers,
    *,
    retry_failed: bool = False,
    seconds: float = math.inf,
) -> SweepResult:
    """Measure what is missing of a sweep and write `out`/table.parquet with its sidecar, and the failures if any.

    The table has a column for each setting that varies, the seed, and the columns that the experiment measures; its
    rows are in the order of the configuration. It is the same to the byte for any workers and after any interruption.
    A table that was there stays until this one is whole; its sidecar says what it is of.

    Parameters
    ----------
    out : Path
        A folder that is made if need be. Cells of other configurations may lie there: they are kept, and never used
        for what they are not.
    retry_failed : bool
        Measure again all cells that failed. Otherwise only those that failed for want of memory or of a file, and
        any other failure is a result like any other: with the same source, settings and seed it would come again.
    seconds : float
        How long a cell may take, wherever its worker can interrupt it (`contained`); then it has failed.
    """
    cells = configuration.cells()
    with held(out, kept=f"finished cells are kept in {{}}: {AGAIN}"):
        store = Store(out / "cells")
        store.folder.mkdir(exist_ok=True)
        lasting = {key for key, record in store.failed().items() if not (retry_failed or record.get("transient"))}
        known = store.finished().keys() | lasting
        waiting = [cell for cell in cells if cell.key not in known]
        if waiting:
            _measure(waiting, len(cells), store, workers, seconds)
        rows, failures = _collected(configuration, cells, store)
        table = _written(configuration, cells, rows, failures, out)
    return SweepResult(len(cells), 0 if rows is None else len(rows), failures, table)


def outputs(out: Path) -> list[ownership.Output]:
    """The files that `run_sweep` replaces or removes; its cells have names that nobody else gives."""
    return [*ownership.table(out / TABLE), ownership.records(out / FAILURES, FAILURE)]


def _written(
    configuration: SweepConfiguration,
    cells: Sequence[Cell],
    rows: pd.DataFrame | None,
    failures: Sequence[Mapping[str, object]],
    out: Path,
) -> Path:
    """Put the table and the failures in the place of those that were there, of another configuration perhaps."""
    table, list_of_failures = out / TABLE, out / FAILURES
    with together(gone=[table, sidecar(table), list_of_failures]):
        if rows is not None:
            fixed = {name: value for name, value in asdict(cells[0].settings).items() if name not in configuration.axes}
            counts = {"cells": len(cells), "failed": len(failures)}
            write_table(rows, table, asdict(configuration) | {"version": cells[0].version, "settings": fixed} | counts)
        if failures:
            with replacing(list_of_failures) as temporary:
                temporary.write_text(json.dumps(failures, indent=2) + "\n", encoding="utf-8")
    return table


def _measure(waiting: Sequence[Cell], total: int, store: Store, workers: Workers, seconds: float) -> None:
    failed = 0
    bar = tqdm(desc=visible(waiting[0].experiment), unit="cell", initial=total - len(waiting), total=total)
    with bar, closing(workers.run(partial(Cell.measure, seconds=seconds), waiting)) as outcomes:
        for cell, outcome in outcomes:
            bar.update()
            store.keep(cell, outcome)
            if isinstance(outcome, CellError):
                failed += 1
                bar.set_postfix(failed=failed)


def _collected(
    configuration: SweepConfiguration, cells: Sequence[Cell], store: Store
) -> tuple[pd.DataFrame | None, list[Mapping[str, object]]]:
    """The rows of the finished cells, read from disk, and the others' failures."""
    finished, failed = store.finished(), store.failed()
    failures = [failed[cell.key] for cell in cells if cell.key not in finished]
    done = [cell for cell in cells if cell.key in finished]
    if not done:
        return None, failures
    tables = [read_parquet(finished[cell.key]) for cell in done]
    points = pd.DataFrame(
        [{axis: getattr(cell.settings, axis) for axis in configuration.axes} | {SEED: cell.seed} for cell in done]
    )
    points = points.loc[points.index.repeat([len(table) for table in tables])].reset_index(drop=True)
    return pd.concat([points, pd.concat(tables, ignore_index=True)], axis=1), failures
