"""Studies, and their sweeps over grids of settings and seeds, parallel and resumable."""

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
