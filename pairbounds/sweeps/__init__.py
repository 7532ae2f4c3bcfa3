"""Studies, and sweeps of them: over grids of settings and over seeds, on many workers, resumed after a kill."""

from pairbounds.sweeps.configuration import SweepConfiguration
from pairbounds.sweeps.settings import Preset, place
from pairbounds.sweeps.studies import Study, find_study, study, study_names
from pairbounds.sweeps.sweep import SweepResult, run_study, run_sweep

__all__ = [
    "Preset",
    "Study",
    "SweepConfiguration",
    "SweepResult",
    "find_study",
    "place",
    "run_study",
    "run_sweep",
    "study",
    "study_names",
]
