"""Running a study over settings and seeds: measure each cell, save it, and join the cells into tables."""

import json
import traceback
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
from threadpoolctl import threadpool_limits

from pairbounds.infrastructure.commandline import one_line, visible
from pairbounds.infrastructure.files import Output, locked_folder, record_output, remove_table, replacing, table_outputs
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import read_parquet, write_table
from pairbounds.infrastructure.users_code import ForeignCodeError
from pairbounds.infrastructure.workers import cluster_pool, worker_pool
from pairbounds.plugins import LOADED, Plugin, require_loaded
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.settings import as_settings, places
from pairbounds.sweeps.studies import Study, digest, find_study

if TYPE_CHECKING:
    import pandas as pd

    from pairbounds.sweeps.studies import Tables

SEED, PLUGINS = "seed", "plugins"
TABLE, FAILURES, CELLS = "table.parquet", "failures.json", "cells"
FAILURE = ("version", "settings", "seed", "error")  # keys of a record of a failure


@dataclass(frozen=True)
class Cell:
    """One measurement: everything that its rows depend on. `inputs` has the keys of `inputs_of` as JSON."""

    study: Study
    settings: Any
    seed: int
    inputs: str = "{}"

    @cached_property
    def key(self) -> str:
        """Digest of the record. Two cells share a key if and only if they measure the same."""
        return digest(json.dumps(self.record(), sort_keys=True).encode())

    def record(self) -> dict[str, Any]:
        """Record of the measurement, without settings marked by `place`."""
        study = {"study": self.study.name, "version": self.study.version}
        return {**study, "settings": recorded(self.settings), SEED: self.seed, "inputs": self.inputs}


@dataclass(frozen=True)
class SweepResult:
    """Outcome of a sweep.

    Attributes
    ----------
    cells : number of cells
    rows : number of rows of the finished cells, by table
    failures : failed cells, each with its settings, seed and error
    tables : path of each table, if any cell finished
    """

    cells: int
    rows: Mapping[str, int]
    failures: Sequence[Mapping[str, Any]]
    tables: Mapping[str, Path]


def run_study(
    study: str, settings: Any = None, seeds: int | Iterable[int] = 1, workers: int | str | None = None
) -> "dict[str, pd.DataFrame]":
    """Tables of a study with one choice of settings, over seeds. The number of workers does not change them.

    `settings`: an instance, a dict of some settings, or `None` for the defaults. `seeds`: seeds, or their number.
    `workers`: as in `run_sweep`. Without workers, this process runs the seeds one after another, with the study's own
    number of threads, and errors of the study pass. With workers, a failed seed raises `RuntimeError`.
    """
    chosen = find_study(study)
    with chosen.naming_errors(ValueError, OSError):
        settings = as_settings(chosen.settings, settings)
    cells = [Cell(chosen, settings, int(seed)) for seed in (range(seeds) if isinstance(seeds, int) else seeds)]
    if not cells:
        raise ValueError(f"seeds={seeds!r}: give a list of seeds, or their number, at least 1")
    serial = ((number, measured(chosen, settings, cell.seed)) for number, cell in enumerate(cells))
    tables: dict[int, Tables] = {}
    options: dict[str, Any] = {"desc": visible(study), "unit": "seed", "disable": len(cells) == 1}
    with closing(serial if workers is None else _outcomes(cells, workers)) as outcomes:
        for number, outcome in Bar(outcomes, total=len(cells), **options):
            if isinstance(outcome, str):
                raise RuntimeError(f"study {study}, seed {cells[number].seed}: {outcome}")
            tables[number] = outcome
    return {name: _joined([(cell, tables[i][name]) for i, cell in enumerate(cells)], []) for name in chosen.tables}


def run_sweep(
    configuration: SweepConfiguration | Mapping[str, Any], out: str | Path, workers: int | str = 1
) -> SweepResult:
    """Measure the missing cells of a sweep, and write its tables and failures into a folder.

    A single table is `out`/table.parquet; several tables have the names that the study gives them. A table has a column
    for each setting that varies, the seed, and the columns of the study. Its rows are in the order of the
    configuration. Its bytes do not depend on the workers or on interruptions. An old table is replaced only when the
    new one is complete. The sidecar records the configuration.

    Parameters
    ----------
    configuration : configuration, or a dict with the keys of the TOML file
    out : a folder. It may hold cells of other configurations, which are kept and not used for other cells. Failed cells
        are measured again
    workers : a number of processes, -1 for one on each core, or the address of a Dask cluster, whose workers have this
        package installed but need no common disk
    """
    configuration = SweepConfiguration(**configuration) if isinstance(configuration, Mapping) else configuration
    study, cells, out = find_study(configuration.study), cells_of(configuration), Path(out)
    with locked_folder(out):
        folder = out / CELLS
        folder.mkdir(exist_ok=True)
        errors = _measure(cells, folder, workers)
        failures = [cells[number].record() | {"error": errors[number]} for number in sorted(errors)]
        finished = [cell for number, cell in enumerate(cells) if number not in errors]
        configuration_record, paths, rows = sweep_record(configuration, cells, failures), table_paths(study, out), {}
        for name, path in paths.items():
            if finished:
                parts = [(cell, read_parquet(_file(folder, cell, name))) for cell in finished]
                table = _joined(parts, configuration.axes)
                write_table(table, path, configuration_record)
                rows[name] = len(table)
            else:
                remove_table(path)  # left by another configuration
        if failures:
            with replacing(out / FAILURES) as temporary:
                temporary.write_text(json.dumps(failures, indent=2) + "\n", encoding="utf-8")
        else:
            (out / FAILURES).unlink(missing_ok=True)
    return SweepResult(len(cells), rows, failures, paths)


def cells_of(configuration: SweepConfiguration) -> list[Cell]:
    """Cells of a sweep: each point with each seed, seeds innermost."""
    study = find_study(configuration.study)
    with_inputs = [(point, json.dumps(inputs_of(point), sort_keys=True)) for point in configuration.points()]
    return [Cell(study, point, seed, inputs) for point, inputs in with_inputs for seed in range(configuration.seeds)]


def unfinished(cells: Sequence[Cell], out: Path) -> list[int]:
    """Numbers of the cells that `run_sweep` would measure."""

    def is_finished(cell: Cell) -> bool:
        return all(_file(out / CELLS, cell, table).is_file() for table in cell.study.tables)

    return [number for number, cell in enumerate(cells) if not is_finished(cell)]


def table_paths(study: Study, out: Path) -> dict[str, Path]:
    """Paths at which `run_sweep` writes the tables of a study, by name."""
    if len(study.tables) == 1:
        return {study.tables[0]: out / TABLE}
    return {name: out / f"{name}.parquet" for name in study.tables}


def outputs(study: Study, out: Path) -> list[Output]:
    """Files that `run_sweep` overwrites or deletes, without the cells, whose names are unique."""
    return [*table_outputs(*table_paths(study, out).values()), record_output(out / FAILURES, FAILURE)]


def recorded(settings: Any) -> dict[str, Any]:
    """Settings that rows depend on, by name."""
    return {name: value for name, value in asdict(settings).items() if name not in places(settings)}


def inputs_of(settings: Any) -> dict[str, object]:
    """Inputs of the rows besides settings and source code: files that settings name, and loaded plugins."""
    keys: Mapping[str, object] = settings.input_keys() if hasattr(settings, "input_keys") else {}
    plugins = sorted(f"{Path(plugin.path).name} {digest(plugin.content)}" for plugin in LOADED.values())
    return {**keys, **({PLUGINS: plugins} if plugins else {})}


def measured(study: Study, settings: Any, seed: int) -> "Tables":
    """Measure one cell and check its tables: names, at least one row, and unchanged settings."""
    import pandas as pd

    with study.naming_errors():
        rows: Any = study.measure(settings, seed)
        tables: Tables = rows if isinstance(rows, Mapping) else {study.tables[0]: rows}
        if tuple(tables) != study.tables or not all(isinstance(table, pd.DataFrame) for table in tables.values()):
            kinds = ", ".join(f"{name} ({type(table).__name__})" for name, table in tables.items())
            raise TypeError(f"measure returned {kinds}: return a DataFrame for each of {', '.join(study.tables)}")
        for name, table in tables.items():
            if table.empty:
                raise ValueError(f"measure returned a table {name} without rows or columns: return at least one row")
            for setting, value in {SEED: seed, **asdict(settings)}.items():
                if setting in table and not _is_throughout(value, table[setting]):
                    raise ValueError(f"column {setting!r} differs from the setting of this name: rename the column")
    return tables


def _is_throughout(value: object, column: "pd.Series[Any]") -> bool:
    """True if all rows of a column have this value; `None` is a missing value."""
    if isinstance(value, tuple):  # a Series would compare element by element
        return all(cell == value for cell in column)
    return bool((column.isna() if value is None else column == value).all())


def _attempt(
    number: int, name: str, version: str, values: Mapping[str, Any], seed: int, plugins: Sequence[Plugin]
) -> "tuple[int, Tables | str]":
    """Number of a cell, and its tables or a description of its failure. Runs in a worker."""
    try:
        require_loaded(plugins)
        study = find_study(name)
        if study.version != version:
            raise RuntimeError(f"this worker has another version of {name!r} than the sweep: install the same version")
        with threadpool_limits(limits=1):  # workers would compete for cores, and sums depend on the number of threads
            return number, measured(study, study.settings(**values), seed)
    except (Exception, SystemExit) as error:
        if isinstance(error, ForeignCodeError):
            return number, str(error)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return number, f"{type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno})"


def _outcomes(cells: Sequence[Cell], workers: int | str) -> "Generator[tuple[int, Tables | str], None, None]":
    """Yield the number of each cell, and its tables or failure, in the order of completion."""
    plugins = tuple(LOADED.values())
    if workers == 0:
        raise ValueError("jobs=0: give a number of worker processes, or -1 for one on each core")
    with cluster_pool(workers) if isinstance(workers, str) else nullcontext(worker_pool(workers)) as pool:
        tasks = [
            joblib.delayed(_attempt)(
                number, cell.study.name, cell.study.version, asdict(cell.settings), cell.seed, plugins
            )
            for number, cell in enumerate(cells)
        ]
        try:
            yield from pool(tasks)
        except BrokenProcessPool as error:
            raise RuntimeError(
                "a worker process was killed, perhaps because memory ran out: run the command again with a "
                "smaller number of processes, `jobs=`"
            ) from error


def _measure(cells: Sequence[Cell], folder: Path, workers: int | str) -> dict[int, str]:
    """Measure and save the cells that are not in the folder. Return the failures by cell number."""
    waiting = unfinished(cells, folder.parent)
    if not waiting:
        return {}
    errors: dict[int, str] = {}
    bar = Bar(desc=visible(cells[0].study.name), unit="cell", initial=len(cells) - len(waiting), total=len(cells))
    with bar, closing(_outcomes([cells[number] for number in waiting], workers)) as outcomes:
        for position, outcome in outcomes:
            number = waiting[position]
            if isinstance(outcome, str):
                if not errors:  # print it at once: all cells may fail this way
                    bar.write(one_line(f"first failure: {outcome}"))
                errors[number] = outcome
            else:
                for name, table in outcome.items():
                    with replacing(_file(folder, cells[number], name)) as temporary:
                        table.to_parquet(temporary, index=False)
            bar.update(note=f"{len(errors)} failed" if errors else "")
    return errors


def _file(folder: Path, cell: Cell, table: str) -> Path:
    """File of the rows of a finished cell in one of its tables."""
    return folder / f"{cell.key}.{table}.parquet"


def sweep_record(
    configuration: SweepConfiguration, cells: Sequence[Cell], failures: Sequence[object] = ()
) -> Mapping[str, object]:
    """Record of a sweep for the sidecars."""
    record = asdict(configuration) | cells[0].record()
    del record[SEED]
    fixed = {name: value for name, value in record["settings"].items() if name not in configuration.axes}
    study_file = cells[0].study.study_file
    return record | {"settings": fixed, "cells": len(cells), "failed": len(failures), "study_file": study_file}


def _joined(measured: "Sequence[tuple[Cell, pd.DataFrame]]", axes: Sequence[str]) -> "pd.DataFrame":
    """Table of the rows of many cells. The varying settings and the seed are its first columns.

    If the study has a column with the name of a setting, that column keeps its position.
    """
    import pandas as pd

    rows = pd.concat([table for _, table in measured], ignore_index=True)
    points = pd.DataFrame(
        [{axis: getattr(cell.settings, axis) for axis in axes} | {SEED: cell.seed} for cell, _ in measured]
    )
    points = points.loc[points.index.repeat([len(table) for _, table in measured])].reset_index(drop=True)
    return pd.concat([points.drop(columns=[name for name in points if name in rows]), rows], axis=1)
