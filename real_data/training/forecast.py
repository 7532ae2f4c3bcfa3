"""Forecast of the time that encoders will take to train."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.durations import format_duration
from pairbounds.real_data.training.objectives import OBJECTIVES, Objective
from pairbounds.real_data.training.runs import RESULT, Run, Studio

PIXELS, BACKBONE = 64, "small"  # of what was timed: see `Objective.seconds`
BESIDE = 1.2  # times that: views are drawn, guides trained, features probed
UNKNOWN = "for how long is not known"


def encoders_forecast(encoders: Callable[[Any, int], list[Run]], settings: Any, seeds: Sequence[int], jobs: int) -> str:
    """Number of the encoders of a study, before it is measured, and the time they may take, in words.

    Those that its data do not allow are left out. Without the data, the number of its pictures is enough.
    """
    runs = [run for seed in seeds for run in encoders(settings, seed)]
    if not settings.is_here:
        how_long = f"{UNKNOWN}: set throughput"
        if settings.throughput is not None:
            how_long = _at(settings.throughput, _work(runs, lambda _: settings.pictures))
        return f"{len(runs)} encoders of {settings.pictures:,} images, {how_long}"
    studio = settings.studio()
    possible = studio.possible(runs)
    text = training_forecast(possible, studio, Path(settings.runs), jobs, throughput=settings.throughput)
    lacking = len(runs) - len(possible)
    return f"{text}; {lacking} more need labels of the images that train, and are left out" if lacking else text


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
    work = _work(coming, lambda run: len(studio.split(run.seed).encoder))
    how_long = _expected(coming, work, studio, jobs) if throughput is None else _at(throughput, work)
    return f"{len(runs)} encoders{kept}, {how_long}"


def _work(runs: Sequence[Run], images: Callable[[Run], int]) -> list[tuple[type[Objective], int]]:
    """Objective of each run that is trained, and how often it is shown an image."""
    return [
        (OBJECTIVES[run.kind], run.recipe.steps(images(run)) * run.recipe.batch)
        for run in runs
        if run.kind in OBJECTIVES
    ]


def _at(throughput: float, work: Sequence[tuple[type[Objective], int]]) -> str:
    if not throughput > 0:
        raise ValueError(f"throughput={throughput}: pictures a second are more than none")
    pictures = sum(objective.views * shown for objective, shown in work)
    seconds = pictures / throughput
    return (
        f"{format_duration(seconds)} of one device: {seconds / 3600:,.1f} GPU-hours for {pictures:,} pictures at "
        f"{throughput:,.6g} a second, training alone"
    )


def _expected(coming: Sequence[Run], work: Sequence[tuple[type[Objective], int]], studio: Studio, jobs: int) -> str:
    if not work:
        return "nothing to train"
    timed = all(objective.seconds is not None for objective, _ in work)
    if not timed or {run.recipe.backbone for run in coming} != {BACKBONE} or torch_device(studio.device).type != "cpu":
        return f"{UNKNOWN}: only our objectives with the network {BACKBONE!r} were timed, on a CPU; set throughput"
    larger = ((studio.source.dataset.size or PIXELS) / PIXELS) ** 2
    seconds = larger * sum(shown * (objective.seconds or 0.0) for objective, shown in work)
    cores = os.cpu_count() or 1
    return format_duration(BESIDE * seconds / (min(jobs, cores) if jobs > 1 else cores))
