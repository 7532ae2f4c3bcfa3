"""Studies, and sweeps of them: over grids of settings and over seeds, on many workers, resumed where they were left."""

from theory.sweeps.configuration import SweepConfiguration
from theory.sweeps.execution import CellError, Cores, DaskCluster, Workers
from theory.sweeps.studies import Study, find_study, study, study_names, where
from theory.sweeps.sweep import SweepResult, run_study, run_sweep

__all__ = [
    "CellError",
    "Cores",
    "DaskCluster",
    "Study",
    "SweepConfiguration",
    "SweepResult",
    "Workers",
    "find_study",
    "run_study",
    "run_sweep",
    "study",
    "study_names",
    "where",
]
