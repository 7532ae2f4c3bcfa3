"""Forecast of the time that encoders will take to train."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.durations import format_duration
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import RESULT
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.run import UNTRAINED, Run
from pairbounds.sweeps import Study

PIXELS, BACKBONE = 64, "small"  # of what was timed: see `Objective.seconds`
BESIDE = 1.2  # times that: views are drawn, guides trained, features probed


@dataclass(eq=False)
class EncoderStudy(Study):
    """A study that trains encoders.

    Attributes
    ----------
    encoders : from the settings and a seed to the encoders that `measure` trains
    """

    encoders: Callable[[Any, int], list[Run]] = field(kw_only=True)

    def forecast(self, settings: Any, seeds: Sequence[int], jobs: int) -> str:
        """See `Study`: the number of encoders, and the time they may take."""
        runs = [run for seed in seeds for run in self.encoders(settings, seed)]
        return training_forecast(runs, settings.training_data(), Path(settings.runs), jobs)


def training_forecast(runs: Sequence[Run], data: TrainingData, folder: Path, jobs: int) -> str:
    """Number of encoders, of those that are kept, and the time that the others may take, in words; none is trained.

    The time is that of a CPU, in proportion to the pictures, their pixels and the cores. Of another network than the
    small one, or on a GPU, nothing was measured: divide the number of views by those that a device takes in a second.
    """
    coming = [run for run in runs if not (folder / run.key / RESULT).is_file()]
    kept = f", {len(runs) - len(coming)} of them kept" if len(coming) < len(runs) else ""
    views, seconds, timed = 0, 0.0, torch_device(data.device).type == "cpu"
    for run in coming:
        if run.kind != UNTRAINED:
            objective = OBJECTIVES[run.kind]
            shown = run.recipe.steps(len(data.split(run.seed).train)) * run.recipe.batch
            views += objective.views * shown
            seconds += shown * (objective.seconds or 0.0)
            timed = timed and objective.seconds is not None and run.recipe.backbone == BACKBONE
    how_long = f"{views:,} views, for how long is not known"
    if timed:
        larger = ((data.source.dataset.size or PIXELS) / PIXELS) ** 2
        cores = os.cpu_count() or 1
        how_long = format_duration(BESIDE * larger * seconds / (min(jobs, cores) if jobs > 1 else cores))
    return f"{len(runs)} encoders{kept}, {how_long}"
