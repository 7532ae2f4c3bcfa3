"""Run a study over settings and seeds: measure each cell, keep those of a sweep, and join them into tables."""

import json
import traceback
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
from threadpoolctl import threadpool_limits

from pairbounds.infrastructure.commandline import one_line, visible
from pairbounds.infrastructure.extras import cure
from pairbounds.infrastructure.files import Output, locked_folder, record_output, remove_table, replacing, table_outputs
from pairbounds.infrastructure.foreign import ForeignCodeError
from pairbounds.infrastructure.processes import worker_pool
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import read_parquet, write_table
from pairbounds.plugins import LOADED, Plugin, require_loaded
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.settings import as_settings, places
from pairbounds.sweeps.studies import Study, digest, find_study

if TYPE_CHECKING:
    import pandas as pd

    from pairbounds.sweeps.studies import Tables

SEED, PLUGINS = "seed", "plugins"
TABLE, FAILURES, CELLS = "table.parquet", "failures.json", "cells"
FAILURE = ("version", "settings", "seed", "error")  # keys of a record of one
CONNECTING = 10  # seconds that the scheduler of a Dask cluster has to answer


@dataclass(frozen=True)
class Cell:
    """One measurement: all that its rows depend on, and nothing else.

    Attributes
    ----------
    study : the study
    settings : an instance of its settings
    seed : at least 0
    inputs : the content keys of what the settings name, as JSON
    """

    study: Study
    settings: Any
    seed: int
    inputs: str = "{}"

    @cached_property
    def key(self) -> str:
        """A digest of the record: two cells have one key just if they are equal, but for where they are measured."""
        return digest(json.dumps(self.record(), sort_keys=True).encode())

    def record(self) -> dict[str, Any]:
        """Record of what is measured, without the place."""
        study = {"study": self.study.name, "version": self.study.version}
        return {**study, "settings": recorded(self.settings), SEED: self.seed, "inputs": self.inputs}


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
    failures: Sequence[Mapping[str, Any]]
    tables: Mapping[str, Path]


def run_study(
    study: str, settings: Any = None, seeds: int | Iterable[int] = 1, workers: int | str | None = None
) -> "dict[str, pd.DataFrame]":
    """The tables of a study with one choice of settings, over seeds; they are the same for any workers.

    Settings may be a dict of some, or `None` for the defaults; seeds may be their number; workers: as in `run_sweep`.
    Without workers the study is measured here with all the threads that it takes, one seed after another, and errors of
    its own pass; with workers a seed that fails is a `RuntimeError`.
    """
    chosen = find_study(study)
    with chosen.naming_errors(ValueError, OSError):
        settings = as_settings(chosen.settings, settings)
    cells = [Cell(chosen, settings, int(seed)) for seed in (range(seeds) if isinstance(seeds, int) else seeds)]
    if not cells:
        raise ValueError(f"seeds={seeds!r}: give several seeds, or how many, at least 1")
    here = ((number, measured(chosen, settings, cell.seed)) for number, cell in enumerate(cells))
    tables: dict[int, Tables] = {}
    options: dict[str, Any] = {"desc": visible(study), "unit": "seed", "disable": len(cells) == 1}
    with closing(here if workers is None else _outcomes(cells, workers)) as outcomes:
        for number, outcome in Bar(outcomes, total=len(cells), **options):
            if isinstance(outcome, str):
                raise RuntimeError(f"study {study}, seed {cells[number].seed}: {outcome}")
            tables[number] = outcome
    return {name: _joined([(cell, tables[i][name]) for i, cell in enumerate(cells)], []) for name in chosen.tables}


def run_sweep(
    configuration: SweepConfiguration | Mapping[str, Any], out: str | Path, workers: int | str = 1
) -> SweepResult:
    """Measure the cells of a sweep that are missing, and write its tables and failures into a folder.

    The table of a study that writes one is `out`/table.parquet; the others have the names that the study gives them. A
    table has a column for each setting that varies, the seed, and the columns that the study measures; its rows are in
    the order of the configuration. It is the same to the byte for any workers and after any interruption. A table that
    was there stays until this one is whole; its sidecar records the configuration.

    Parameters
    ----------
    configuration : or a dict with the keys of the TOML file
    out : a folder, in which cells of other configurations may lie: they are kept, and never used for other cells. Cells
        that failed are measured again
    workers : a number of processes, -1 for one on each core, or the address of a Dask cluster, whose workers have this
        package installed but need no disk in common
    """
    configuration = SweepConfiguration(**configuration) if isinstance(configuration, Mapping) else configuration
    study, cells, out = find_study(configuration.study), cells_of(configuration), Path(out)
    with locked_folder(out):
        folder = out / CELLS
        folder.mkdir(exist_ok=True)
        errors = _measure(cells, folder, workers)
        failures = [cells[number].record() | {"error": errors[number]} for number in sorted(errors)]
        finished = [cell for number, cell in enumerate(cells) if number not in errors]
        about, paths, rows = _about(configuration, cells, failures), table_paths(study, out), {}
        for name, path in paths.items():
            if finished:
                parts = [(cell, read_parquet(_file(folder, cell, name))) for cell in finished]
                table = _joined(parts, configuration.axes)
                write_table(table, path, about)
                rows[name] = len(table)
            else:
                remove_table(path)  # of another configuration
        if failures:
            with replacing(out / FAILURES) as temporary:
                temporary.write_text(json.dumps(failures, indent=2) + "\n", encoding="utf-8")
        else:
            (out / FAILURES).unlink(missing_ok=True)
    return SweepResult(len(cells), rows, failures, paths)


def cells_of(configuration: SweepConfiguration) -> list[Cell]:
    """The cells of a sweep: every point with every seed, the seeds innermost."""
    study = find_study(configuration.study)
    with_inputs = [(point, json.dumps(inputs_of(point), sort_keys=True)) for point in configuration.points()]
    return [Cell(study, point, seed, inputs) for point, inputs in with_inputs for seed in range(configuration.seeds)]


def unfinished(cells: Sequence[Cell], out: Path) -> list[int]:
    """The numbers of the cells that `run_sweep` would measure."""
    folder = out / CELLS
    return [
        number
        for number, cell in enumerate(cells)
        if not all(_file(folder, cell, table).is_file() for table in cell.study.tables)
    ]


def table_paths(study: Study, out: Path) -> dict[str, Path]:
    """Paths at which `run_sweep` writes the tables of a study, by name."""
    if len(study.tables) == 1:
        return {study.tables[0]: out / TABLE}
    return {name: out / f"{name}.parquet" for name in study.tables}


def outputs(study: Study, out: Path) -> list[Output]:
    """The files that `run_sweep` replaces or removes; its cells have names that nobody else gives."""
    tables = [output for path in table_paths(study, out).values() for output in table_outputs(path)]
    return [*tables, record_output(out / FAILURES, FAILURE)]


def recorded(settings: Any) -> dict[str, Any]:
    """The settings that rows depend on, by name."""
    return {name: value for name, value in asdict(settings).items() if name not in places(settings)}


def inputs_of(settings: Any) -> dict[str, object]:
    """Inputs of the rows besides settings and source: files that settings name, and plugins that are loaded."""
    keys: Mapping[str, object] = settings.input_keys() if hasattr(settings, "input_keys") else {}
    plugins = sorted(f"{Path(plugin.path).name} {digest(plugin.content)}" for plugin in LOADED.values())
    return {**keys, **({PLUGINS: plugins} if plugins else {})}


def measured(study: Study, settings: Any, seed: int) -> "Tables":
    """The tables of one cell, checked: those that the study names, with rows, and settings as they were given."""
    import pandas as pd

    with study.naming_errors():
        rows: Any = study.measure(settings, seed)
        tables: Tables = rows if isinstance(rows, Mapping) else {study.tables[0]: rows}
        if tuple(tables) != study.tables or not all(isinstance(table, pd.DataFrame) for table in tables.values()):
            kinds = ", ".join(f"{name} ({type(table).__name__})" for name, table in tables.items())
            raise TypeError(f"measure returned {kinds}: return a DataFrame for each of {', '.join(study.tables)}")
        for name, table in tables.items():
            if table.empty:
                raise ValueError(f"measure returned a table {name} without rows or columns: return one row at least")
            for setting, value in {SEED: seed, **asdict(settings)}.items():
                if setting in table and not _is_throughout(value, table[setting]):
                    raise ValueError(f"column {setting!r} has another value than the setting: give it another name")
    return tables


def _is_throughout(value: object, column: "pd.Series[Any]") -> bool:
    """True if every row of a column has this value; `None` is a missing value."""
    if isinstance(value, tuple):  # a Series would compare itself with it element by element
        return all(cell == value for cell in column)
    return bool((column.isna() if value is None else column == value).all())


def _attempt(
    number: int, name: str, version: str, values: Mapping[str, Any], seed: int, plugins: Sequence[Plugin]
) -> "tuple[int, Tables | str]":
    """The number of a cell with its tables, or with the description of its failure. Every worker measures so."""
    try:
        require_loaded(plugins)
        study = find_study(name)
        if study.version != version:
            raise RuntimeError(f"this worker has other source code of {name!r} than the sweep: install the same")
        with threadpool_limits(limits=1):  # workers would fight for the cores, and sums depend on the threads
            return number, measured(study, study.settings(**values), seed)
    except (Exception, SystemExit) as error:
        return number, _described(error)


def _described(error: BaseException) -> str:
    if isinstance(error, ForeignCodeError):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno})"


def _outcomes(cells: Sequence[Cell], workers: int | str) -> "Generator[tuple[int, Tables | str], None, None]":
    """The number of each cell with its tables or its failure, in the order in which they finish."""
    plugins = tuple(LOADED.values())
    with _pool(workers) as pool:
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
                "a worker process was killed, perhaps because memory ran out: give the same command again, with a "
                "smaller --jobs"
            ) from error


@contextmanager
def _pool(workers: int | str) -> Iterator[Any]:
    """A joblib pool of processes of this machine, or of the workers of the Dask cluster at an address."""
    if isinstance(workers, int):
        if workers == 0:
            raise ValueError("jobs=0: give how many worker processes there are, or -1 for one on each core")
        yield worker_pool(workers, ordered=False)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(f"Dask is not installed: {cure('dask')}") from None
    with Client(workers, timeout=CONNECTING) as client:  # type: ignore[no-untyped-call]  # has no types
        if any(threads > 1 for threads in client.nthreads().values()):
            raise ValueError(
                f"Dask cluster {workers} has workers of several threads, which disturb one another: start them with "
                "--nthreads 1"
            )
        with joblib.parallel_config("dask", client=client):
            pool = joblib.Parallel(return_as="generator_unordered", batch_size=1)
        yield pool


def _measure(cells: Sequence[Cell], folder: Path, workers: int | str) -> dict[int, str]:
    """Measure and keep the cells that are not in the folder; the failures, by the numbers of their cells."""
    waiting = unfinished(cells, folder.parent)
    if not waiting:
        return {}
    errors: dict[int, str] = {}
    bar = Bar(desc=visible(cells[0].study.name), unit="cell", initial=len(cells) - len(waiting), total=len(cells))
    with bar, closing(_outcomes([cells[number] for number in waiting], workers)) as outcomes:
        for place, outcome in outcomes:
            number = waiting[place]
            if isinstance(outcome, str):
                if not errors:  # at once, and not after hours: all may fail so
                    bar.write(one_line(f"first failure: {outcome}"))
                errors[number] = outcome
            else:
                for name, table in outcome.items():
                    with replacing(_file(folder, cells[number], name)) as temporary:
                        table.to_parquet(temporary, index=False)
            bar.update(note=f"{len(errors)} failed" if errors else "")
    return errors


def _file(folder: Path, cell: Cell, table: str) -> Path:
    """The file of the rows of a finished cell in one of its tables."""
    return folder / f"{cell.key}.{table}.parquet"


def _about(
    configuration: SweepConfiguration, cells: Sequence[Cell], failures: Sequence[object]
) -> Mapping[str, object]:
    """Record of a sweep for its sidecars."""
    first = cells[0].record()
    fixed = {name: value for name, value in first["settings"].items() if name not in configuration.axes}
    record = asdict(configuration) | first
    del record[SEED]
    return record | {"settings": fixed, "cells": len(cells), "failed": len(failures)}


def _joined(measured: "Sequence[tuple[Cell, pd.DataFrame]]", axes: Sequence[str]) -> "pd.DataFrame":
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
