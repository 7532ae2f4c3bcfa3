"""The commands `study` and `sweep`: run a study once, or over grids of settings."""

import shlex
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pairbounds.infrastructure.checks import find_named
from pairbounds.infrastructure.commandline import CHECK_FAILED, DryRun, Force, echo, one_line, print_table
from pairbounds.infrastructure.files import locked_folder, require_output_path, require_safe_outputs, table_outputs
from pairbounds.infrastructure.tables import TABLE_SUFFIXES, source_commit, write_table
from pairbounds.plugins import load_plugin
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.settings import Preset, chosen_settings, files_in, given_settings, places, setting_rows, shown
from pairbounds.sweeps.studies import STUDIES, Study, find_study, study_names
from pairbounds.sweeps.sweep import TABLE, cells_of, inputs_of, outputs, recorded, run_study, run_sweep, unfinished

if TYPE_CHECKING:
    import pandas as pd

JOBS = "jobs"  # setting of studies that run each seed in several processes


Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        is_eager=True,
        metavar="FILE.py",
        help="A Python file with a study, loss or encoder. Can be repeated.",
    ),
]


def explain_study(options: Mapping[str, Any]) -> None:
    """Print the settings and presets of the study named before `--help`."""
    if options.get("name") is None:
        return
    for path in options.get("plugin") or []:
        load_plugin(path)
    study = find_study(options["name"])
    echo(f"study {study.name}: {study.question}")
    print_settings(study.settings)
    for name, preset in study.presets.items():
        values = ", ".join(f"{setting}={shown(value)}" for setting, value in preset.values.items())
        seeds = "" if preset.seeds is None else f"{preset.seeds} seeds; "
        echo("", f"--preset {name}: {preset.source and f'{preset.source}; '}{seeds}{values or 'the defaults'}")
        if preset.unstated:
            echo(f"  not stated there: {', '.join(preset.unstated)}")


def print_settings(kind: type[Any]) -> None:
    """Print the settings of a dataclass with defaults and meanings."""
    title = "Settings, for --set NAME=VALUE or a TOML file"
    print_table(title, ("setting", "default", "meaning"), setting_rows(kind))


def study(
    name: Annotated[str | None, typer.Argument(is_eager=True, help="A study. Without it, list them.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PLACE", help="Folder for the tables; or for one table, .parquet or .csv.")
    ] = None,
    preset: Annotated[str | None, typer.Option(metavar="PRESET", help="Named settings; `small` is quick.")] = None,
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE.toml", help="Settings, one line NAME = VALUE each.")
    ] = None,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting. Can be repeated.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Number of seeds; by default as published.")] = None,
    first_seed: Annotated[int, typer.Option(min=0, help="First seed.")] = 0,
    jobs: Annotated[int, typer.Option(help="Worker processes; -1 for one per core.")] = 1,
    plugin: Plugins = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Compute the tables of a study, with JSON sidecars that record the settings; without NAME, list the studies.

    `pairbounds study NAME --help` lists the settings and presets of a study. --set overrides --settings, which
    overrides --preset. An interrupted study restarts, but reuses trained encoders, epochs, features and views. Those of
    training are stored in the folder of the table.
    Examples (the second trains encoders for 40 minutes on 2 cores):

    pairbounds study training --seeds 2 --set k=4 --set noise=0.1 --out training.parquet

    pairbounds study resampled_training --out build/resampled
    """
    for path in plugin or []:
        load_plugin(path)
    if name is None:
        _list_studies()
        return
    study = find_study(name)
    if out is None and not dry_run:
        raise ValueError("--out is missing: give a folder or a file for the tables")
    paths = _paths(study, out or Path())
    base = Preset({}) if preset is None else find_named("preset", preset, study.presets)
    overrides = given_settings(settings, assignments or [])
    chosen = study_settings(study, base.values, overrides, next(iter(paths.values())).parent)
    count = next(count for count in (seeds, base.seeds, study.seeds) if count is not None)
    if count < 1:
        raise ValueError(f"seeds={count} is too small: give at least 1")
    numbers = range(first_seed, first_seed + count)
    if dry_run:
        echo(f"study {study.name}: {study.question}", *base.lines(chosen, overrides))
        echo(f"{len(numbers)} seeds, into {', '.join(map(str, paths.values()))}")
        return
    inputs = [*(plugin or []), *files_in(chosen), settings]
    require_safe_outputs(table_outputs(*paths.values()), inputs, force=force)
    echo(*(base.lines(chosen, overrides) if base.source else []), err=True)
    tables = measure_into(study, chosen, numbers, jobs, paths)
    for table, rows in tables.items():
        echo(f"{paths[table]}: {len(rows)} rows over {len(numbers)} seeds")
    if study.summary is not None:
        echo(*study.summary(tables, chosen))
    echo(*drawn_by(paths), err=True)


def study_settings(study: Study, base: Mapping[str, object], overrides: Mapping[str, object], folder: Path) -> Any:
    """Settings with these values; the default of `runs` is the folder of the tables."""
    beside = {"runs": str(folder)} if "runs" in places(study.settings) else {}
    with study.naming_errors(ValueError, OSError):
        return chosen_settings(study.settings, {**beside, **base, **overrides}, overrides)


def study_record(study: Study, settings: Any, seeds: Sequence[int]) -> dict[str, object]:
    """Configuration that the sidecars of a study's tables name."""
    versions = {"version": study.version, "study_file": study.study_file}
    return {"study": study.name, "seeds": list(seeds), **versions, **recorded(settings), **inputs_of(settings)}


def measure_into(
    study: Study, settings: Any, seeds: Sequence[int], jobs: int, paths: Mapping[str, Path]
) -> "dict[str, pd.DataFrame]":
    """Run a study, write each table to its path, and return the tables.

    A study with a setting `jobs` starts its own processes for each seed, and its seeds run one after another. So do
    those of a study whose default is one seed.
    """
    spreads_itself = JOBS in places(settings)
    settings = replace(settings, jobs=jobs) if spreads_itself else settings
    workers = None if spreads_itself or study.seeds == 1 else jobs
    first = next(iter(paths.values()))
    runs = locked_folder(Path(settings.runs)) if hasattr(settings, "runs") else nullcontext()
    with locked_folder(first.parent, first.name if len(paths) == 1 else study.name), runs:
        record = study_record(study, settings, seeds)  # unreadable inputs fail before the run
        source_commit()  # cached now: the sidecar names the commit at the start
        started = time.perf_counter()
        tables = run_study(study.name, settings, seeds, workers)
        took = {"seconds": round(time.perf_counter() - started, 3), "jobs": jobs}
        for table, rows in tables.items():
            write_table(rows, paths[table], record, took)
    return tables


def _paths(study: Study, out: Path) -> dict[str, Path]:
    if out.suffix and len(study.tables) == 1:
        return {study.tables[0]: require_output_path(out, TABLE_SUFFIXES)}
    if out.suffix:
        raise ValueError(f"study {study.name} writes {len(study.tables)} tables: give a folder, not {out}")
    return {name: out / f"{name}.parquet" for name in study.tables}


def _list_studies() -> None:
    from pairbounds.figures.figure import found

    rows = []
    for name in [*study_names(), *STUDIES]:
        try:
            study = find_study(name)
        except ValueError as error:  # an extra is not installed
            rows.append((name, str(error), "", "", ""))
            continue
        figures = [figure.name for figure in found().values() if set(figure.tables) & set(study.tables)]
        rows.append((name, study.question, str(study.seeds), ", ".join(study.presets), ", ".join(figures)))
    print_table("Studies", ("study", "question", "seeds", "presets", "figures"), rows, right=["seeds"])


def sweep(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Study, settings, grids and seeds.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for cells, tables, failures.")],
    seeds: Annotated[int | None, typer.Option(help="Number of seeds; by default as in CONFIG.toml.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Local worker processes; -1 for one per core.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster.")] = None,
    plugin: Plugins = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Run a study over grids of settings and seeds, and write DIR/table.parquet with a JSON sidecar.

    A study with several tables writes DIR/NAME.parquet for each. To resume an interrupted sweep, repeat the command:
    it also repeats failed cells. It repeats all cells if the version of pairbounds
    or the code of a plugin has changed. --dry-run prints how many
    cells are finished. At most 1,000,000 cells. Exits with 1 if cells failed; see DIR/failures.json.

    Example: pairbounds sweep noises.toml --out swept --jobs 2, where noises.toml has these lines, for 2 x 3 cells:

    study = "training"

    seeds = 2

    grid = [{noise = [0.0, 0.15, 0.3]}]
    """
    if dask is not None and jobs is not None:
        raise ValueError("--jobs and --dask exclude each other: leave out --jobs")
    inputs = [file, *(plugin or [])]
    require_safe_outputs(table_outputs(out / TABLE), inputs, force=force)
    for path in plugin or []:
        load_plugin(path)
    configuration = SweepConfiguration.read(file, seeds)
    study = find_study(configuration.study)
    require_safe_outputs(outputs(study, out), inputs, force=force)
    if dry_run:
        cells = cells_of(configuration)
        waiting = len(unfinished(cells, out))
        echo(f"sweep of {study.name}: {len(cells)} cells, {len(cells) - waiting} of them kept, {waiting} to measure")
        return
    result = run_sweep(configuration, out, dask or (1 if jobs is None else jobs))
    for name, path in result.tables.items():
        echo(f"{path}: {result.rows.get(name, 0)} rows, {len(result.failures)} of {result.cells} cells failed")
    drawing = drawn_by({name: path for name, path in result.tables.items() if result.rows.get(name)})
    echo(*drawing or ["no figure here draws it"], err=True)
    if result.failures:
        failure = result.failures[0]
        settings = ", ".join(f"{name}={value}" for name, value in failure["settings"].items())
        where = f"in the cell with {settings}, seed={failure['seed']}"
        echo(one_line(f"first failure: {failure['error']}, {where}"), err=True)
        raise typer.Exit(CHECK_FAILED)


def drawn_by(tables: Mapping[str, Path]) -> list[str]:
    """Commands that draw the figures that need only these tables."""
    from pairbounds.figures.figure import found

    commands = []
    for figure in found().values():
        if set(figure.tables) <= set(tables):
            path = tables[figure.tables[0]]
            several = len(figure.tables) > 1
            files = ("--tables", path.parent) if several else ("--table", path)
            commands.append(shlex.join(["pairbounds", "draw", figure.name, *map(str, files)]))
    return commands
