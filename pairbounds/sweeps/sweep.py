"""A sweep: the cells that are not finished yet are measured, then all of them are put into tables."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.commandline import one_line, visible
from pairbounds.infrastructure.files import (
    Output,
    locked_folder,
    record_output,
    remove_table,
    replacing,
    table_outputs,
)
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import read_parquet, write_table
from pairbounds.sweeps.cells import SEED, Cell, Tables, as_settings
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.execution import CellError, Outcomes, Workers, as_workers
from pairbounds.sweeps.store import FAILURE, Store
from pairbounds.sweeps.studies import Study, find_study, places

if TYPE_CHECKING:
    import pandas as pd

TABLE, FAILURES, CELLS = "table.parquet", "failures.json", "cells"


@dataclass(frozen=True)
class SweepResult:
    """Outcome of a sweep.

    Attributes
    ----------
    cells : how many there are
    rows : how many the finished ones have, by the table
    failures : the cells that failed, each with its settings, seed and error
    tables : where each table is, if any cell finished
    """

    cells: int
    rows: Mapping[str, int]
    failures: Sequence[Mapping[str, object]]
    tables: Mapping[str, Path]


def run_sweep(
    configuration: SweepConfiguration | Mapping[str, Any],
    out: str | Path,
    workers: Workers | int | str | None = None,
    *,
    retry_failed: bool = False,
) -> SweepResult:
    """Measure what is missing of a sweep and write its tables into `out` with their sidecars, and the failures if any.

    The table of a study that writes one is `out`/table.parquet; the others have the names that the study gives them. A
    table has a column for each setting that varies, the seed, and the columns that the study measures; its rows are in
    the order of the configuration. It is the same to the byte for any workers and after any interruption. A table that
    was there stays until this one is whole; its sidecar says what it is of.

    Parameters
    ----------
    configuration : or a dict with the keys of the TOML file
    out : a folder, in which cells of other configurations may lie: they are kept, and never used for what they are not
    workers : or a number of processes, or the address of a Dask cluster; by default this process measures
    retry_failed : measure again all cells that failed, and not only those for want of memory or of a file: any other
        failure would come again with the same source, settings and seed
    """
    configuration = SweepConfiguration(**configuration) if isinstance(configuration, Mapping) else configuration
    out, workers = Path(out), as_workers(workers)
    study, cells = find_study(configuration.study), configuration.cells()
    with locked_folder(out):
        store = Store(out / CELLS)
        store.folder.mkdir(exist_ok=True)
        waiting = waiting_cells(cells, store, study, retry_failed=retry_failed)
        if waiting:
            _measure(waiting, len(cells), store, workers)
        finished, failed = store.finished(study.written), store.failed()
        failures = [failed[cell.key] for cell in cells if cell.key not in finished]
        done = [cell for cell in cells if cell.key in finished]
        tables = {
            name: _joined([(cell, read_parquet(finished[cell.key][name])) for cell in done], configuration.axes)
            for name in study.written
            if done
        }
        paths = table_paths(study, out)
        _write(tables, paths, _about(configuration, cells, failures), failures, out / FAILURES)
    return SweepResult(len(cells), {name: len(table) for name, table in tables.items()}, failures, paths)


def waiting_cells(cells: Sequence[Cell], store: Store, study: Study, *, retry_failed: bool) -> list[Cell]:
    """The cells that `run_sweep` would measure."""
    lasting = {key for key, record in store.failed().items() if not (retry_failed or record.get("transient"))}
    known = store.finished(study.written).keys() | lasting
    return [cell for cell in cells if cell.key not in known]


def sweep_forecast(configuration: SweepConfiguration, out: Path, *, retry_failed: bool = False) -> str:
    """The cells of a sweep, those kept and those to measure; nothing is measured or written."""
    study, cells, store = find_study(configuration.study), configuration.cells(), Store(out / CELLS)
    waiting, finished = waiting_cells(cells, store, study, retry_failed=retry_failed), store.finished(study.written)
    kept = sum(cell.key in finished for cell in cells)
    return f"sweep of {study.name}: {len(cells)} cells, {kept} of them kept, {len(waiting)} to measure"


def table_paths(study: Study, out: Path) -> dict[str, Path]:
    """Paths at which `run_sweep` writes the tables of a study, by name."""
    if len(study.written) == 1:
        return {study.written[0]: out / TABLE}
    return {name: out / f"{name}.parquet" for name in study.written}


def outputs(study: Study, out: Path) -> list[Output]:
    """The files that `run_sweep` replaces or removes; its cells have names that nobody else gives."""
    tables = [one for path in table_paths(study, out).values() for one in table_outputs(path)]
    return [*tables, record_output(out / FAILURES, FAILURE)]


def run_study(
    study: str, settings: Any, seeds: int | Iterable[int], workers: Workers | int | str | None = None
) -> Mapping[str, "pd.DataFrame"]:
    """The tables of a study with one choice of settings, over seeds, kept nowhere; the same for any workers.

    Settings may be a dict of some, or `None` for the defaults; seeds may be their number; workers: as in `run_sweep`.
    Without workers the study is measured here with all the threads that it takes, one seed after another, and errors of
    its own pass; with workers a seed that fails is a `RuntimeError`.
    """
    known = find_study(study)
    chosen = known.call(as_settings, known.settings, settings)
    cells = [Cell(study, known.version, chosen, int(n)) for n in (range(seeds) if isinstance(seeds, int) else seeds)]
    if not cells:
        raise ValueError(f"seeds={seeds!r}: give several seeds, or how many, at least 1")
    found: dict[Cell, Mapping[str, pd.DataFrame]] = {}
    with closing(_here(cells) if workers is None else as_workers(workers).run(Cell.measure, cells)) as outcomes:
        for cell, outcome in Bar(outcomes, total=len(cells), desc=visible(study), unit="seed", disable=len(cells) == 1):
            if isinstance(outcome, CellError):
                raise RuntimeError(f"study {study}, seed {cell.seed}: {outcome.error} ({outcome.where})")
            found[cell] = {name: read_parquet(BytesIO(content)) for name, content in outcome.items()}
    return {name: _joined([(cell, found[cell][name]) for cell in cells], []) for name in found[cells[0]]}


def _here(cells: Iterable[Cell]) -> Outcomes[Cell, Tables]:
    yield from ((cell, cell.measure()) for cell in cells)


def _about(
    configuration: SweepConfiguration, cells: Sequence[Cell], failures: Sequence[object]
) -> Mapping[str, object]:
    """Record of a sweep for its sidecars."""
    first = cells[0]
    free = {*configuration.axes, *places(first.settings)}
    fixed = {name: value for name, value in asdict(first.settings).items() if name not in free}
    counts = {"cells": len(cells), "failed": len(failures)}
    return asdict(configuration) | {"version": first.version, "settings": fixed, "inputs": first.inputs} | counts


def _write(
    tables: Mapping[str, "pd.DataFrame"],
    paths: Mapping[str, Path],
    about: Mapping[str, object],
    failures: Sequence[Mapping[str, object]],
    list_of_failures: Path,
) -> None:
    """Put the tables and the failures in the place of those that were there, of another configuration perhaps."""
    for name, path in paths.items():
        if name in tables:
            write_table(tables[name], path, about)
        else:
            remove_table(path)  # of another configuration
    if failures:
        with replacing(list_of_failures) as temporary:
            temporary.write_text(json.dumps(failures, indent=2) + "\n", encoding="utf-8")
    else:
        list_of_failures.unlink(missing_ok=True)


def _measure(waiting: Sequence[Cell], total: int, store: Store, workers: Workers) -> None:
    failed = 0
    bar = Bar(desc=visible(waiting[0].study), unit="cell", initial=total - len(waiting), total=total)
    with bar, closing(workers.run(Cell.measure, waiting)) as outcomes:
        for cell, outcome in outcomes:
            store.keep(cell, outcome)
            if isinstance(outcome, CellError):
                failed += 1
                if failed == 1:  # at once, and not after hours: it may be that of all
                    bar.write(one_line(f"first failure: {outcome.error} ({outcome.where})"))
            bar.update(note=f"{failed} failed" if failed else "")


def _joined(measured: Sequence[tuple[Cell, "pd.DataFrame"]], axes: Sequence[str]) -> "pd.DataFrame":
    """One table of the rows of many cells, with the seed and the settings that vary before them.

    A column that the study has itself under the name of a setting has that setting's value, and stays where it is.
    """
    import pandas as pd

    rows = pd.concat([table for _, table in measured], ignore_index=True)
    points = pd.DataFrame(
        [{axis: getattr(cell.settings, axis) for axis in axes} | {SEED: cell.seed} for cell, _ in measured]
    )
    points = points.loc[points.index.repeat([len(table) for _, table in measured])].reset_index(drop=True)
    return pd.concat([points.drop(columns=[name for name in points if name in rows]), rows], axis=1)
