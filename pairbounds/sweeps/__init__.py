"""Studies, and sweeps of them: over grids of settings and over seeds, on many workers, resumed where they were left."""

from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.execution import CellError, Cores, DaskCluster, Workers
from pairbounds.sweeps.studies import Study, find_study, study, study_names, where
from pairbounds.sweeps.sweep import SweepResult, run_study, run_sweep

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
