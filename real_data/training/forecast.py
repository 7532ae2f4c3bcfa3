"""How long encoders will take to train, before they do."""

import os
from collections.abc import Sequence
from pathlib import Path

from real_data.training.runs import RESULT, Run, Studio
from theory.infrastructure.devices import torch_device
from theory.infrastructure.durations import spoken

# Seconds of one core for an image of `PIXELS` that the small network sees once, by the objective: the means of the 180
# encoders of results/resampled_training.parquet and results/pretraining.parquet, each of 175 steps of 256 images.
SECONDS = {"untrained": 0.0, "supervised": 5.5e-4, "simclr": 1.15e-3, "clip": 5.0e-4}
PIXELS, BACKBONE = 64, "small"
BESIDE = 1.2  # times that: views are drawn, guides trained, features probed


def training_forecast(runs: Sequence[Run], studio: Studio, folder: Path, jobs: int) -> str:
    """How many encoders there are, how many of them are kept, and how long the others may take; none is trained.

    The time is that of a CPU, in proportion to the pictures, their pixels and the cores. Of another network than the
    small one, or on a GPU, nothing was measured, and nothing is said.
    """
    coming = [run for run in runs if not (folder / run.key / RESULT).is_file()]
    kept = f", {len(runs) - len(coming)} of them kept" if len(coming) < len(runs) else ""
    return f"{len(runs)} encoders{kept}, {_expected(coming, studio, jobs)}"


def _expected(coming: Sequence[Run], studio: Studio, jobs: int) -> str:
    strange = {run.recipe.backbone for run in coming} - {BACKBONE}
    if strange or torch_device(studio.device).type != "cpu":
        return f"for how long is not known: only the network {BACKBONE!r} was timed, on a CPU"
    cores = os.cpu_count() or 1
    work = sum(_seconds(run, studio) for run in coming) / (min(jobs, cores) if jobs > 1 else cores)
    return spoken(BESIDE * work) if coming else "nothing to train"


def _seconds(run: Run, studio: Studio) -> float:
    """Of one core."""
    images, batch = len(studio.split(run.seed).train), run.recipe.batch
    size = studio.source.dataset.size or PIXELS
    return run.recipe.epochs * (images // batch) * batch * SECONDS[run.kind] * (size / PIXELS) ** 2
