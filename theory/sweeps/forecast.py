"""What a sweep has still to do, and how long that may take by how its kept cells came."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from theory.infrastructure.durations import spoken
from theory.sweeps.cells import Cell
from theory.sweeps.configuration import SweepConfiguration
from theory.sweeps.store import Store
from theory.sweeps.studies import find_study
from theory.sweeps.sweep import CELLS, waiting_cells

PAUSE = 0.9  # quantile of the times between cells: longer ones are pauses, in which nothing was measured


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
    each = float(np.minimum(between, np.quantile(between, PAUSE)).mean())
    return f"{spoken(each * len(waiting))}, as fast as the kept ones came"
