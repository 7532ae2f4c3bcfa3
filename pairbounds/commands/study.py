"""The commands that measure studies: one at a time, or over grids of settings."""

import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, one_line, print_table
from pairbounds.infrastructure.files import claim, locked_folder, table_outputs
from pairbounds.infrastructure.foreign import ForeignCodeError, call_foreign
from pairbounds.infrastructure.names import find_named
from pairbounds.infrastructure.options import DryRun, Force
from pairbounds.infrastructure.tables import require_table_path, write_table
from pairbounds.plugins import load_plugin
from pairbounds.sweeps.cells import chosen_settings
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.execution import Cores
from pairbounds.sweeps.presets import Preset, files_in, given_settings, setting_rows, shown
from pairbounds.sweeps.studies import STUDIES, Study, find_study, places, study_names
from pairbounds.sweeps.sweep import TABLE, outputs, run_study, run_sweep, sweep_forecast

if TYPE_CHECKING:
    import pandas as pd

PICTURES = "pairbounds.figures.prerequisites"  # where the figures of a table are known
JOBS = "jobs"  # the setting of a study that spreads the work of one seed over processes itself


Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        is_eager=True,
        metavar="FILE.py",
        help="A file with a study, loss or encoder of your own; may be given again.",
    ),
]


def explain_study(given: Mapping[str, Any]) -> None:
    """Print the settings and presets of the study that is named before `--help`."""
    name = given.get("name")
    if name is None:
        return
    _load(given.get("plugin"))
    found = find_study(name)
    echo(f"study {found.name}: {found.question}")
    print_settings(found.settings)
    for preset, of in found.every_preset.items():
        values = ", ".join(f"{setting}={shown(value)}" for setting, value in of.values.items())
        seeds = "" if of.seeds is None else f"{of.seeds} seeds; "
        echo("", f"--preset {preset}: {of.source and f'{of.source}; '}{seeds}{values or 'the defaults'}")
        if of.unstated:
            echo(f"  not stated there: {', '.join(of.unstated)}")


def print_settings(kind: type[Any]) -> None:
    """Print the settings of a dataclass, each with its default and its meaning."""
    columns = [("setting", "left"), ("default", "left"), ("meaning", "left")]
    print_table("Settings, for --set NAME=VALUE or a TOML file", columns, setting_rows(kind))


def study(
    name: Annotated[
        str | None,
        typer.Argument(is_eager=True, help="A study; without it all studies are listed."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PLACE", help="A folder for its tables; or of one table .parquet or .csv.")
    ] = None,
    preset: Annotated[str | None, typer.Option(metavar="PRESET", help="Settings by name: small for a look.")] = None,
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE.toml", help="Settings, a line NAME = VALUE for each.")
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; may be given again.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as published.")] = None,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of the seeds.")] = 0,
    jobs: Annotated[int, typer.Option(help="Worker processes; -1 for one on each core.")] = 1,
    plugin: Plugins = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Measure the tables of a study, with JSON sidecars that record how; without a name, list the studies.

    `pairbounds study NAME --help` lists the settings of a study, with their meaning, and its presets. --set overrides
    --settings, which overrides --preset. An interrupted study begins again, but keeps trained encoders and epochs,
    features and views; those of training lie beside the table.
    Examples, of which the second trains encoders for 40 minutes on 2 cores:

    pairbounds study training --seeds 2 --set k=4 --set strength=0.5 --out training.parquet

    pairbounds study resampled_training --out build/resampled
    """
    _load(plugin)
    if name is None:
        _list_studies()
        return
    if out is None:
        raise ValueError("--out is missing: the folder or the file for the tables")
    found = find_study(name)
    paths = _paths(found, out)
    chosen = Preset({}) if preset is None else find_named("preset", preset, found.every_preset)
    own = given_settings(settings, given or [])
    wanted = _settings(found, chosen.values, own, next(iter(paths.values())).parent)
    numbers = _numbers(first_seed, seeds, chosen.seeds, found.seeds)
    if dry_run:
        echo(f"study {found.name}: {found.question}", *chosen.lines(wanted, own))
        echo(f"{len(numbers)} seeds, into {', '.join(map(str, paths.values()))}")
        echo(*_forecast(found, wanted, numbers, jobs))
        return
    with found.along(wanted, numbers, jobs) as writing:
        if not writing:
            return
        read = [*(plugin or []), *files_in(wanted), settings]
        claim([one for path in paths.values() for one in table_outputs(path)], read, force=force)
        echo(*_forecast(found, wanted, numbers, jobs), *(chosen.lines(wanted, own) if chosen.source else []), err=True)
        measure_into(name, wanted, numbers, jobs, paths)


def _numbers(first: int, *counts: int | None) -> range:
    """The seeds: as many as the first count that is given says."""
    count = next(one for one in counts if one is not None)
    if count < 1:
        raise ValueError(f"seeds={count}: at least 1")
    return range(first, first + count)


def _forecast(study: Study, settings: Any, seeds: Sequence[int], jobs: int) -> list[str]:
    return [] if study.forecast is None else [study.call(study.forecast, settings, seeds, jobs)]


def _settings(study: Study, base: Mapping[str, object], own: Mapping[str, object], folder: Path) -> Any:
    """Settings with these values; runs lie beside the tables, unless they say where."""
    beside = {"runs": str(folder)} if "runs" in places(study.settings) else {}
    return study.call(chosen_settings, study.settings, {**beside, **base, **own}, own)


def _load(plugins: Sequence[Path] | None) -> None:
    for path in plugins or []:
        load_plugin(path)


def measure_into(name: str, settings: Any, seeds: Sequence[int], jobs: int, paths: Mapping[str, Path]) -> None:
    """Measure a study, and write each of its tables to its path.

    A study that has a setting `jobs` spreads the work of one seed itself, and its seeds come one after another; so does
    one of a single seed, which has the machine to itself.
    """
    study = find_study(name)
    own = JOBS in places(settings)
    settings = replace(settings, jobs=jobs) if own else settings
    workers = None if own or study.seeds == 1 else Cores(jobs)
    first = next(iter(paths.values()))
    runs = locked_folder(Path(settings.runs)) if hasattr(settings, "runs") else nullcontext()
    with locked_folder(first.parent, first.name if len(paths) == 1 else name), runs:
        inputs = study.call(study.depends_on, settings)  # what cannot be read is said before anything is measured
        started = time.perf_counter()
        tables = _measured(study, settings, seeds, workers)
        took = {"seconds": round(time.perf_counter() - started, 3), "jobs": jobs}
        about = {one: value for one, value in asdict(settings).items() if one not in places(settings)}
        configuration = {"study": name, "seeds": list(seeds), "version": study.version, **about}
        for table, rows in tables.items():
            write_table(rows, paths[table], {**configuration, **inputs}, took)
    for table, rows in tables.items():
        echo(f"{paths[table]}: {len(rows)} rows over {len(seeds)} seeds")
    if study.summary is not None:
        echo(*study.summary(tables, settings))
    echo(*drawn_by(paths), err=True)


def _measured(study: Study, settings: Any, seeds: Sequence[int], workers: Cores | None) -> Mapping[str, "pd.DataFrame"]:
    """The tables of a study; a user's fails with a line of the user's."""
    work = partial(run_study, study.name, settings, seeds, workers)
    if workers is not None or not study.foreign:  # workers say where it failed
        return work()
    return call_foreign(work, name=study.about, place=study.source, passing=(ForeignCodeError,))


def _paths(study: Study, out: Path) -> dict[str, Path]:
    if out.suffix and len(study.written) == 1:
        return {study.written[0]: require_table_path(out)}
    if out.suffix:
        raise ValueError(f"study {study.name} writes {len(study.written)} tables: give a folder, not {out}")
    return {name: out / f"{name}.parquet" for name in study.written}


def _list_studies() -> None:
    rows = []
    for name in [*study_names(), *STUDIES]:
        try:
            found = find_study(name)
        except ValueError as error:  # an extra is not installed
            rows.append((name, str(error), "", "", ""))
            continue
        presets, figures = ", ".join(found.every_preset), ", ".join(_figures_of(found.written))
        rows.append((name, found.question, str(found.seeds), presets, figures))
    columns = [("study", "left"), ("question", "left"), ("seeds", "right"), ("presets", "left"), ("figures", "left")]
    print_table("Studies", columns, rows)


def sweep(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Study, settings, grids and seeds.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the cells, the tables and the failures.")],
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as in CONFIG.toml.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Worker processes here; -1 for one on each core.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Measure all failed cells again.")] = False,
    plugin: Plugins = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Measure a study over grids of settings and seeds, into DIR/table.parquet with a JSON sidecar.

    A study of several tables writes each under its own name. Interrupted, it goes on where it was when the same command
    is given again; cells that failed for want of memory or of a file are measured again then. At most 1,000,000 cells;
    when the file of the study has changed, all is measured again. --dry-run says how much is kept. Exits with 1 if
    cells failed: they are in DIR/failures.json. With 2, and at once, if a study does not return its tables. Example, of
    320 cells: pairbounds sweep examples/phase.toml --out build/sweeps/phase --jobs 2
    """
    if dask is not None and jobs is not None:
        raise ValueError("--jobs and --dask exclude each other: a cluster has the workers that it has")
    read = [file, *(plugin or [])]
    claim([*table_outputs(out / TABLE)], read, force=force)
    _load(plugin)
    configuration = SweepConfiguration.read(file, seeds)
    claim(outputs(find_study(configuration.study), out), read, force=force)
    if dry_run:
        echo(sweep_forecast(configuration, out, retry_failed=retry_failed))
        return
    result = run_sweep(configuration, out, jobs if dask is None else dask, retry_failed=retry_failed)
    for name, path in result.tables.items():
        echo(f"{path}: {result.rows.get(name, 0)} rows, {len(result.failures)} of {result.cells} cells failed")
    drawing = drawn_by({name: path for name, path in result.tables.items() if result.rows.get(name)})
    echo(
        *drawing
        or ["no figure here draws it: pairbounds.figures.plots.plot_phase maps a column over two of its settings"],
        err=True,
    )
    if result.failures:
        echo(one_line(f"first failure: {_described(result.failures[0])}"), err=True)
        raise typer.Exit(CHECK_FAILED)


def drawn_by(tables: Mapping[str, Path]) -> list[str]:
    """The commands that draw these tables, of figures that need no others."""
    return [_drawing(figure, read, tables) for figure, read in _figures_of(tables).items() if set(read) <= set(tables)]


def _drawing(figure: str, read: Sequence[str], tables: Mapping[str, Path]) -> str:
    path = tables[read[0]]
    files = f"--table {shlex.quote(str(path))}" if len(read) == 1 else f"--tables {shlex.quote(str(path.parent))}"
    return f"pairbounds draw {figure} {files}"


def _figures_of(tables: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The figures that read these tables, with all that they read; the room of figures is known by its name alone."""
    found: Mapping[str, tuple[str, ...]] = import_module(PICTURES).figures_of(tables)
    return found


def _described(failure: Mapping[str, Any]) -> str:
    """One failed cell, in a line."""
    settings = ", ".join(f"{name}={value}" for name, value in failure["settings"].items())
    return f"{failure['error']} ({failure['where']}), in the cell with {settings}, seed={failure['seed']}"
