"""The commands that measure studies: one at a time, or over grids of settings."""

import math
import shlex
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, fields, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import CHECK_FAILED, one_line, print_table, say
from pairbounds.infrastructure.folders import AS_IT_WAS, held
from pairbounds.infrastructure.foreign import SECONDS, ForeignCodeError, contained, require_seconds
from pairbounds.infrastructure.options import DryRun, Force
from pairbounds.infrastructure.processes import Stopwatch
from pairbounds.infrastructure.renamed import renamed
from pairbounds.infrastructure.tables import require_table_path, together, write_table
from pairbounds.plugins import load_plugin
from pairbounds.sweeps.cells import chosen_settings
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.execution import Cores, DaskCluster
from pairbounds.sweeps.forecast import study_forecast, sweep_forecast
from pairbounds.sweeps.studies import STUDIES, Study, find_study, study_names, whereabouts
from pairbounds.sweeps.sweep import TABLE, outputs, run_study, run_sweep

if TYPE_CHECKING:
    import pandas as pd

A_DAY = 86_400.0  # seconds
FEW = 2  # seeds of a first look
PICTURES = "pairbounds.figures.prerequisites"  # where the figures of a table are known
JOBS = "jobs"  # the setting of a study that spreads the work of one seed over processes itself


Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin", metavar="FILE.py", help="A file with a study, loss or encoder of your own; may be given again."
    ),
]


def study(
    name: Annotated[str, typer.Argument(help="One of those that `studies` lists, or any module with a STUDY.")],
    out: Annotated[Path, typer.Option(metavar="TABLE", help="Its table, .parquet or .csv; or a folder for several.")],
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as published.")] = None,
    jobs: Annotated[int, typer.Option(help="Worker processes; -1 for one on each core.")] = 1,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, as in a sweep's TOML file.")
    ] = None,
    small: Annotated[bool, typer.Option("--small", help="A first look: two seeds, and small settings.")] = False,
    plugin: Plugins = None,
    time_limit: Annotated[float, typer.Option(help="Seconds that a seed may take.")] = A_DAY,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Measure the tables of a study, with JSON sidecars that say how.

    `studies` lists them, with the settings that each has. A study that was interrupted begins again; a sweep goes on.
    A plugin may take as long as a seed to load, and 60 s at most. --dry-run says which settings, seeds and tables it
    is about, and how long it may take: as long as the table that is there took, if there is one.
    Example, ten seconds: pairbounds study training --seeds 2 --set k=4 --set "strength=0.5" --out training.parquet
    """
    _load(plugin, time_limit)
    found = find_study(name)
    paths = _paths(found, out)
    ownership.claim([one for path in paths.values() for one in ownership.table(path)], plugin or [], force=force)
    wanted = {**(found.small if small else {}), **_parsed(given or [])}
    settings = found.asked(chosen_settings, found.settings, wanted)
    count = seeds if seeds is not None else min(FEW, found.seeds) if small else found.seeds
    if count < 1:
        raise ValueError(f"seeds={count}: at least 1")
    if dry_run:
        say(*study_forecast(found, settings, range(count), jobs, paths).splitlines())
        return
    measure_into(name, settings, range(count), jobs, paths, seconds=time_limit)


def _load(plugins: Sequence[Path] | None, time_limit: float) -> None:
    for path in plugins or []:
        load_plugin(path, seconds=min(require_seconds(time_limit), SECONDS))


def measure_into(
    name: str,
    settings: Any,
    seeds: Sequence[int],
    jobs: int,
    paths: Mapping[str, Path],
    kept: str = AS_IT_WAS,
    seconds: float = math.inf,
) -> None:
    """Measure a study, and write each of its tables to its path.

    A study that has a setting `jobs` spreads the work of one seed itself, and its seeds come one after another; so does
    one of a single seed, which has the machine to itself.
    """
    study = find_study(name)
    own = JOBS in whereabouts(settings)
    settings = replace(settings, jobs=jobs) if own else settings
    workers = None if own or study.seeds == 1 else Cores(jobs)
    first = next(iter(paths.values()))
    caches = (Path(settings.cache),) if hasattr(settings, "cache") else ()
    runs = held(Path(settings.runs), kept=kept) if hasattr(settings, "runs") else nullcontext()
    with held(first.parent, first.name if len(paths) == 1 else name, kept=kept, caches=caches), runs:
        inputs = study.asked(study.depends_on, settings)  # what cannot be read is said before anything is measured
        stopwatch = Stopwatch()
        tables = _measured(study, settings, seeds, workers, seconds)
        took = {**stopwatch.took(), "jobs": jobs}
        about = {one: value for one, value in asdict(settings).items() if one not in whereabouts(settings)}
        configuration = {"study": name, "seeds": list(seeds), "version": study.version, **about}
        with together():
            for table, rows in tables.items():
                write_table(rows, paths[table], {**configuration, **inputs}, took)
    for table, rows in tables.items():
        say(f"{paths[table]}: {len(rows)} rows over {len(seeds)} seeds")
    say(*drawn_by(paths), err=True)


def _measured(
    study: Study, settings: Any, seeds: Sequence[int], workers: Cores | None, seconds: float
) -> Mapping[str, "pd.DataFrame"]:
    """The tables of a study; a user's fails with a line of the user's."""
    work = partial(run_study, study.name, settings, seeds, workers, seconds)
    if workers is not None or not study.foreign:  # workers say where it failed
        return work()
    return contained(work, name=study.about, place=study.place, passing=(ForeignCodeError,))


def _paths(study: Study, out: Path) -> dict[str, Path]:
    if len(study.written) == 1:
        return {study.written[0]: require_table_path(out)}
    if out.suffix:
        raise ValueError(f"study {study.name} writes {len(study.written)} tables: give a folder, not {out}")
    return {name: out / f"{name}.parquet" for name in study.written}


def _parsed(given: Sequence[str]) -> dict[str, Any]:
    """Settings of the command line, their values as TOML has them; what is no TOML is text."""
    found: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise ValueError(f"--set {one}: write NAME=VALUE")
        try:
            found[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = value
    return found


def studies(plugin: Plugins = None) -> None:
    """List the studies: what each asks, its published number of seeds, its figures and its settings."""
    _load(plugin, SECONDS)
    rows = []
    for name in [*study_names(), *STUDIES]:
        try:
            found = find_study(name)
        except ValueError as error:  # an extra is not installed
            rows.append((name, str(error), "", "", ""))
            continue
        settings = ", ".join(f"{field.name}={field.default}" for field in fields(found.settings))
        rows.append((name, found.question, str(found.seeds), ", ".join(_figures_of(found.written)), settings))
    columns = [("study", "left"), ("question", "left"), ("seeds", "right"), ("figures", "left"), ("settings", "left")]
    print_table("Studies", columns, rows)


def experiments() -> None:
    """The old name of `studies`, for one version."""
    renamed("the command 'experiments'", "'studies'")
    studies()


def sweep(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Study, settings, grids and seeds.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the cells, the tables and the failures.")],
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as in CONFIG.toml.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Worker processes here; -1 for one on each core.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Measure all failed cells again.")] = False,
    plugin: Plugins = None,
    time_limit: Annotated[float, typer.Option(help="Seconds that a cell may take.")] = A_DAY,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Measure a study over grids of settings and seeds, into DIR/table.parquet with a JSON sidecar.

    A study of several tables writes each under its own name. Interrupted, it goes on where it was when the same command
    is given again; cells that failed for want of memory or of a file are measured again then. At most 1,000,000 cells;
    the study may take 60 s to load, and so may a plugin, or as long as a cell if that is less; when its file has
    changed, all is measured again. --dry-run says what is kept and how long the rest may take. Exits with 1 if cells
    failed: they are in DIR/failures.json. With 2, and at once, if a study does not return its tables. Example, of 320
    cells: pairbounds sweep examples/phase.toml --out build/sweeps/phase --jobs 2
    """
    if dask is not None and jobs is not None:
        raise ValueError("--jobs and --dask exclude each other: a cluster has the workers that it has")
    read = [file, *(plugin or [])]
    ownership.claim([*ownership.table(out / TABLE)], read, force=force)
    _load(plugin, time_limit)
    configuration = SweepConfiguration.read(file, seeds)
    ownership.claim(outputs(find_study(configuration.study), out), read, force=force)
    workers = Cores(1 if jobs is None else jobs) if dask is None else DaskCluster(dask)
    seconds = require_seconds(time_limit)
    if dry_run:
        say(sweep_forecast(configuration, out, retry_failed=retry_failed))
        return
    result = run_sweep(configuration, out, workers, retry_failed=retry_failed, seconds=seconds)
    for name, path in result.tables.items():
        say(f"{path}: {result.rows.get(name, 0)} rows, {len(result.failures)} of {result.cells} cells failed")
    drawing = drawn_by({name: path for name, path in result.tables.items() if result.rows.get(name)})
    say(
        *drawing
        or ["no figure here draws it: pairbounds.figures.plots.plot_phase maps a column over two of its settings"],
        err=True,
    )
    if result.failures:
        say(one_line(f"first failure: {_told(result.failures[0])}"), err=True)
        raise typer.Exit(CHECK_FAILED)


def drawn_by(tables: Mapping[str, Path]) -> list[str]:
    """The commands that draw these tables, those of figures that need no other tables first."""
    figures = sorted(_figures_of(tables).items(), key=lambda figure: not set(figure[1]) <= set(tables))
    return [_drawing(figure, read, tables) for figure, read in figures]


def _drawing(figure: str, read: Sequence[str], tables: Mapping[str, Path]) -> str:
    paths = {name: path for name, path in tables.items() if name in read}
    files = [f"--table {shlex.quote(str(path))}" for path in paths.values()]
    if len(files) > 1 and {path.name for path in paths.values()} == {f"{name}.parquet" for name in read}:
        files = [f"--tables {shlex.quote(str(next(iter(paths.values())).parent))}"]
    others = [name for name in read if name not in tables]
    beside = f" --tables build/tables  # where {', '.join(others)} must be" if others else ""
    return f"pairbounds draw {figure} {' '.join(files)}{beside}"


def _figures_of(tables: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The figures that read these tables, with all that they read; the room of figures is known by its name alone."""
    found: Mapping[str, tuple[str, ...]] = import_module(PICTURES).figures_of(tables)
    return found


def _told(failure: Mapping[str, Any]) -> str:
    """One failed cell, in a line."""
    settings = ", ".join(f"{name}={value}" for name, value in failure["settings"].items())
    return f"{failure['error']} ({failure['where']}), in the cell with {settings}, seed={failure['seed']}"


def register(app: typer.Typer) -> None:
    """Give a command line these commands."""
    for command in (study, studies, sweep):
        app.command()(command)
    app.command(hidden=True)(experiments)
