"""Forecast of a sweep, or of one study: work still to do, and its time by how the kept cells came."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from pairbounds.infrastructure.durations import format_duration
from pairbounds.infrastructure.tables import sidecar
from pairbounds.sweeps.cells import Cell
from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.store import Store
from pairbounds.sweeps.studies import Study, find_study
from pairbounds.sweeps.sweep import CELLS, waiting_cells


def sweep_forecast(configuration: SweepConfiguration, out: Path, *, retry_failed: bool = False) -> str:
    """Cells, those kept, those to measure, and how long these may take; nothing is measured or written."""
    study, cells = find_study(configuration.study), configuration.cells()
    store = Store(out / CELLS)
    waiting, finished = waiting_cells(cells, store, study, retry_failed=retry_failed), store.finished(study.written)
    kept = [finished[cell.key][study.written[-1]] for cell in cells if cell.key in finished]
    words = f"sweep of {study.name}: {len(cells)} cells, {len(kept)} of them kept, {len(waiting)} to measure"
    return f"{words}: {_expected(kept, waiting)}" if waiting else words


def _expected(kept: Sequence[Path], waiting: Sequence[Cell]) -> str:
    between = np.diff(sorted(path.stat().st_mtime for path in kept))
    if not between.size:
        return "how long is known once two cells are kept"
    return f"{format_duration(float(np.median(between)) * len(waiting))}, as fast as the kept ones came"


def study_forecast(
    study: Study, settings: Any, seeds: Sequence[int], jobs: int, paths: Mapping[str, Path], numbers: Sequence[str]
) -> list[str]:
    """The settings (`numbers`), seeds and tables of a study, and how long it may take; nothing is measured or written.

    The time is what the study says, if it says any; else that which the table took that is there, for each seed.
    """
    written = ", ".join(str(path) for path in paths.values())
    lines = [f"study {study.name}: {study.question}", *numbers, f"{len(seeds)} seeds, into {written}"]
    if study.forecast is not None:
        return [*lines, study.call(study.forecast, settings, seeds, jobs)]
    return [*lines, _by_what_is_there(study, len(seeds), paths)]


def _by_what_is_there(study: Study, seeds: int, paths: Mapping[str, Path]) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):  # no table of it is there that says
        record = json.loads(sidecar(next(iter(paths.values()))).read_text(encoding="utf-8"))
        before, took = record["configuration"], record["took"]
        if before["study"] == study.name:
            each = took["seconds"] / len(before["seeds"])
            return (
                f"{format_duration(each * seeds)}, by the table that is there: "
                f"{len(before['seeds'])} seeds in {format_duration(took['seconds'])} with --jobs {took['jobs']}"
            )
    return "how long is not known: no table of it is there that says; --seeds 1 measures one seed"
