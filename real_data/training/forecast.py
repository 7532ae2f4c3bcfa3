"""Forecast of the training time of encoders."""

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

PIXELS, BACKBONE = 64, "small"  # of the timed encoders: see `Objective.seconds`
BESIDE = 1.2  # factor for drawing views, training guides and probing features


@dataclass(eq=False)
class EncoderStudy(Study):
    """A study that trains encoders.

    Attributes
    ----------
    encoders : function from settings and a seed to the runs that `measure` trains
    """

    encoders: Callable[[Any, int], list[Run]] = field(kw_only=True)

    def forecast(self, settings: Any, seeds: Sequence[int], jobs: int) -> str:
        """See `Study`: the number of encoders and their approximate time."""
        runs = [run for seed in seeds for run in self.encoders(settings, seed)]
        return training_forecast(runs, settings.training_data(), Path(settings.runs), jobs)


def training_forecast(runs: Sequence[Run], data: TrainingData, folder: Path, jobs: int) -> str:
    """Sentence with the number of encoders, the number already finished, and the time for the others.

    The time is for a CPU, in proportion to pictures, pixels and cores. There are no timings for other networks than the
    small one, or for GPUs: divide the number of views by the views that your device processes in a second.
    """
    coming = [run for run in runs if not (folder / run.key / RESULT).is_file()]
    finished = f", {len(runs) - len(coming)} of them kept" if len(coming) < len(runs) else ""
    views, seconds, timed = 0, 0.0, torch_device(data.device).type == "cpu"
    for run in coming:
        if run.kind != UNTRAINED:
            objective = OBJECTIVES[run.kind]
            images = run.recipe.steps(len(data.split(run.seed).train)) * run.recipe.batch
            views += objective.views * images
            seconds += images * (objective.seconds or 0.0)
            timed = timed and objective.seconds is not None and run.recipe.backbone == BACKBONE
    how_long = f"{views:,} views, time unknown"
    if timed:
        larger = ((data.source.dataset.size or PIXELS) / PIXELS) ** 2
        cores = os.cpu_count() or 1
        how_long = format_duration(BESIDE * larger * seconds / (min(jobs, cores) if jobs > 1 else cores))
    return f"{len(runs)} encoders{finished}, {how_long}"
