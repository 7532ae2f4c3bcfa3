"""The command `figures`: compute the tables that are missing, and draw each figure when its tables are there."""

import shutil
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Any

import joblib
import matplotlib as mpl
import typer

from pairbounds.commands.figures import FIGURES, Formats, PicturesFolder, TablesFolder, suffixes
from pairbounds.commands.study import measure_into, study_record, study_settings
from pairbounds.figures.figure import Figure
from pairbounds.infrastructure.checks import find_named
from pairbounds.infrastructure.commandline import CHECK_FAILED, Force, echo, one_line
from pairbounds.infrastructure.files import read_sidecar, replacing, require_safe_outputs, sidecar, table_outputs
from pairbounds.infrastructure.progress import format_duration
from pairbounds.infrastructure.tables import ROOT, is_current
from pairbounds.infrastructure.workers import worker_pool
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.studies import SMALL, Study, find_study, studies_of
from pairbounds.sweeps.sweep import cells_of, run_sweep, sweep_record, table_paths

FAILED = "failed: "


def figures(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Figures; by default all.")] = None,
    tables: TablesFolder = Path("build/tables"),
    out: PicturesFolder = Path("build/figures"),
    jobs: Annotated[int, typer.Option(min=1, help="Studies at once; they share the cores.")] = 2,
    preset: Annotated[str | None, typer.Option(metavar="PRESET", help="`small`: a first look, with few seeds.")] = None,
    formats: Formats = "pdf,png",
    force: Force = False,
) -> None:
    """Compute the tables that are missing or stale, and draw each figure as soon as its tables are there.

    A finished table is reused while its settings, seeds, package version and study file are those of its sidecar. Slow
    studies are not computed: their published tables are read from a checkout. Exits with 1 if a figure failed.

    Example: pairbounds figures captions_help multihop --preset small
    """
    if preset not in (None, SMALL):
        raise ValueError(f"--preset {preset} is unknown: give {SMALL}, or leave it out")
    is_small, ends = preset == SMALL, suffixes(formats)
    waiting = [find_named("figure", name, FIGURES) for name in dict.fromkeys(names or FIGURES)]
    studies = {study.name: study for study in studies_of(table for figure in waiting for table in figure.tables)}
    outputs = [output for figure in waiting for output in figure.outputs(out, ends)]
    paths = [tables / f"{table}.parquet" for study in studies.values() for table in study.tables]
    require_safe_outputs([*outputs, *table_outputs(*paths)], force=force)
    mpl.use("Agg")  # never open a window
    tables.mkdir(parents=True, exist_ok=True)
    published = [_published(study, table) for study in studies.values() if study.slow for table in study.tables]
    for path in filter(Path.is_file, published):
        _copy(path, tables / path.name)
    due = {name for name, study in studies.items() if not study.slow and not _is_current(study, tables, is_small)}
    longest_first = sorted(due, key=lambda name: (-_seconds(studies[name]), name))
    errors: dict[str, str] = {}
    total, started, pictures = len(waiting), time.monotonic(), []

    def draw_ready() -> None:
        for figure in list(waiting):
            needed = [study.name for study in studies_of(figure.tables)]
            if due.isdisjoint(needed):
                waiting.remove(figure)
                pictures.append(_drawn(figure, tables, out, ends, [errors[name] for name in needed if name in errors]))
                counts = f"{total - len(waiting)} of {total}  {figure.name.replace('_', ' ')}"
                left = 0 if is_small else sum(_seconds(studies[name]) for name in due) / jobs
                remaining = f"  {format_duration(left)} left" if left else ""
                echo(f"{counts}  {time.monotonic() - started:.0f} s  {one_line(pictures[-1])}{remaining}")

    workers = -(-joblib.cpu_count() // jobs)
    tasks = (joblib.delayed(_compute)(name, tables, is_small, workers) for name in longest_first)
    results: Any = worker_pool(max(min(jobs, len(due)), 1))(tasks)
    with closing(results), suppress(BrokenProcessPool):
        draw_ready()
        for name, error in results:
            due.remove(name)
            errors |= {name: error} if error else {}
            draw_ready()
    errors |= dict.fromkeys(due, "a worker process was killed, perhaps because memory ran out: use --jobs 1")
    due.clear()
    draw_ready()
    if any(picture.startswith(FAILED) for picture in pictures):
        raise typer.Exit(CHECK_FAILED)


def _drawn(figure: Figure, tables: Path, out: Path, ends: list[str], errors: list[str]) -> str:
    """Path of the picture, or the reason that there is none."""
    missing = [name for name in figure.tables if not (tables / f"{name}.parquet").is_file()]
    if errors:
        return f"{FAILED}{errors[0]}"
    if missing:
        name = next((study.name for study in studies_of(missing)), "NAME")
        return f"skipped: run `pairbounds study {name} --out {tables}` for {', '.join(missing)}"
    try:
        return str(figure.render(tables, out, ends=ends))
    except (ValueError, OSError) as error:
        return f"{FAILED}{error}"


def _compute(name: str, tables: Path, is_small: bool, workers: int) -> tuple[str, str]:
    """Compute the tables of a study. Return its name, and the error if it failed."""
    study = find_study(name)
    try:
        plan = _plan(study, tables, is_small)
        if isinstance(plan, SweepConfiguration):
            result = run_sweep(plan, tables / name, workers)  # keeps finished cells
            if result.failures:
                return name, str(result.failures[0]["error"])
            for table, path in table_paths(study, tables / name).items():
                _copy(path, tables / f"{table}.parquet")
        else:
            measure_into(study, *plan, workers, {table: tables / f"{table}.parquet" for table in study.tables})
    except Exception as error:  # the other studies go on
        return name, f"{type(error).__name__}: {error}"
    return name, ""


def _plan(study: Study, tables: Path, is_small: bool) -> SweepConfiguration | tuple[Any, range]:
    """Sweep of a study, or its settings and seeds."""
    preset = study.presets[SMALL]
    seeds = (preset.seeds if is_small else None) or study.seeds
    if study.sweep:
        return SweepConfiguration(study.name, seeds, **study.sweep)
    return study_settings(study, preset.values if is_small else {}, {}, tables), range(seeds)


def _is_current(study: Study, tables: Path, is_small: bool) -> bool:
    """True if the tables are complete, and their sidecars name these settings, seeds, version and study file."""
    try:
        plan = _plan(study, tables, is_small)
        record = (
            sweep_record(plan, cells_of(plan)) if isinstance(plan, SweepConfiguration) else study_record(study, *plan)
        )
    except (ValueError, OSError):  # `_compute` reports it
        return False
    return all(is_current(tables / f"{table}.parquet", record) for table in study.tables)


def _published(study: Study, table: str) -> Path:
    return ROOT / "results" / study.name / f"{table}.parquet"


def _seconds(study: Study) -> float:
    """Time of the published run; 0 if unknown."""
    return float((read_sidecar(_published(study, study.tables[0])) or {}).get("took", {}).get("seconds", 0))


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as table, replacing(sidecar(target)) as record:
        shutil.copyfile(source, table)
        shutil.copyfile(sidecar(source), record)
