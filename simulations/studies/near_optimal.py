"""The bounds on imperfect encoders, step by step along training."""

from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from simulations.studies.study import Study
from simulations.training import train
from simulations.world import LatentWorld
from theory import check_bounds, spectrum
from theory.infrastructure.arrays import FloatArray

WORLD = LatentWorld()
WIDTH = 8
CAPTIONS = {"noise": 0.02, "detail": 0.3}
TRAINING: dict[str, Any] = {"steps": 1_500, "learning_rate": 0.1, "momentum": 0.9, "log_every": 10}
BOUNDS = ("near-optimal-error", "sharp-near-optimal-error", "zero-shot-any", "zero-shot-near-optimal")
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "captions": CAPTIONS,
    "training": TRAINING,
    "bounds": list(BOUNDS),
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each logged step and bound: the measured error and the bound's value."""
    graph = replace(WORLD, seed=seed).caption_graph(**CAPTIONS)
    triplets = spectrum(graph, WIDTH + 1)
    rows: list[pd.DataFrame] = []

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        checks = check_bounds(graph, WIDTH, (left, right), triplets=triplets)
        rows.append(checks[checks["bound"].isin(BOUNDS)])
        return {}

    history = train(graph, WIDTH, **TRAINING, device="cpu", seed=seed, observe=observe).history
    for step, excess, checks in zip(history["step"], history["excess_loss"], rows, strict=True):
        checks.insert(0, "step", step)
        checks.insert(1, "excess_loss", excess)
    return pd.concat(rows, ignore_index=True)


STUDY = Study(
    name="near_optimal",
    question="How closely do the bounds on imperfect encoders follow a training run?",
    settings=SETTINGS,
    measure=measure,
    seeds=5,
)
