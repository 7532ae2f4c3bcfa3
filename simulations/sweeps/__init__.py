"""Sweeps: an experiment over grids of settings and over seeds, on many workers, resumed where it was left."""

from simulations.sweeps.configuration import SweepConfiguration
from simulations.sweeps.execution import CellError, Cores, DaskCluster, Workers
from simulations.sweeps.experiment import Experiment
from simulations.sweeps.sweep import SweepResult, run_sweep

__all__ = [
    "CellError",
    "Cores",
    "DaskCluster",
    "Experiment",
    "SweepConfiguration",
    "SweepResult",
    "Workers",
    "run_sweep",
]
