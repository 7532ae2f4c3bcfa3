"""Studies, and sweeps of them: over grids of settings and over seeds, on many workers, resumed where they were left."""

from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.execution import CellError, Cores, DaskCluster, Workers
from pairbounds.sweeps.studies import Study, find_study, place, study, study_names
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
    "place",
    "run_study",
    "run_sweep",
    "study",
    "study_names",
]
