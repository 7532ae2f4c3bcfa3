"""Forecast of the time that encoders will take to train."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.durations import format_duration
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.runs import RESULT, Run, Studio

PIXELS, BACKBONE = 64, "small"  # of what was timed: see `Objective.seconds`
BESIDE = 1.2  # times that: views are drawn, guides trained, features probed


def training_forecast(
    runs: Sequence[Run], studio: Studio, folder: Path, jobs: int, *, throughput: float | None = None
) -> str:
    """Number of encoders, of those that are kept, and the time that the others may take, in words; none is trained.

    The time is that of a CPU, in proportion to the pictures, their pixels and the cores. Of another network than the
    small one, or on a GPU, nothing was measured, and nothing is said unless a throughput is given.

    Parameters
    ----------
    throughput : pictures a second that one device trains on; both views of an image count
    """
    coming = [run for run in runs if not (folder / run.key / RESULT).is_file()]
    kept = f", {len(runs) - len(coming)} of them kept" if len(coming) < len(runs) else ""
    if throughput is not None:
        how_long = _at(throughput, coming, lambda run: len(studio.split(run.seed).encoder))
    else:
        how_long = _expected(coming, studio, jobs)
    return f"{len(runs)} encoders{kept}, {how_long}"


def encoders_forecast(encoders: Callable[[Any, int], list[Run]], settings: Any, seeds: Sequence[int], jobs: int) -> str:
    """The same of a study of encoders, before it is measured: those that its data allow."""
    runs = [run for seed in seeds for run in encoders(settings, seed)]
    if not settings.is_here:
        return stated_forecast(runs, settings.pictures, settings.throughput)
    studio = settings.studio()
    possible = studio.possible(runs)
    told = training_forecast(possible, studio, Path(settings.runs), jobs, throughput=settings.throughput)
    lacking = len(runs) - len(possible)
    return f"{told}; {lacking} more need labels of the images that train, and are left out" if lacking else told


def stated_forecast(runs: Sequence[Run], images: int, throughput: float | None) -> str:
    """The same of a data set that is not here, by the number of its images."""
    unknown = "for how long is not known: set throughput"
    how_long = unknown if throughput is None else _at(throughput, runs, lambda _: images)
    return f"{len(runs)} encoders of {images:,} images, {how_long}"


def _at(throughput: float, runs: Sequence[Run], images: Callable[[Run], int]) -> str:
    if not throughput > 0:
        raise ValueError(f"throughput={throughput}: pictures a second are more than none")
    pictures = sum(
        run.recipe.steps(images(run)) * run.recipe.batch * OBJECTIVES[run.kind].views for run in _trained(runs)
    )
    seconds = pictures / throughput
    return (
        f"{format_duration(seconds)} of one device: {seconds / 3600:,.1f} GPU-hours for {pictures:,} pictures at "
        f"{throughput:,.6g} a second, training alone"
    )


def _expected(coming: Sequence[Run], studio: Studio, jobs: int) -> str:
    strange = {run.recipe.backbone for run in coming} - {BACKBONE}
    if strange or torch_device(studio.device).type != "cpu":
        return f"for how long is not known: only the network {BACKBONE!r} was timed, on a CPU; set throughput"
    if untimed := {run.kind for run in _trained(coming) if OBJECTIVES[run.kind].seconds is None}:
        return f"for how long is not known: nobody has timed {', '.join(sorted(untimed))}; set throughput"
    cores = os.cpu_count() or 1
    work = sum(_seconds(run, studio) for run in _trained(coming)) / (min(jobs, cores) if jobs > 1 else cores)
    return format_duration(BESIDE * work) if _trained(coming) else "nothing to train"


def _trained(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.kind in OBJECTIVES]


def _seconds(run: Run, studio: Studio) -> float:
    """Seconds of one core."""
    images = len(studio.split(run.seed).encoder)
    size = studio.source.dataset.size or PIXELS
    return run.recipe.steps(images) * run.recipe.batch * (OBJECTIVES[run.kind].seconds or 0.0) * (size / PIXELS) ** 2
