"""The bounds on imperfect encoders, step by step along training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.optimisation import Optimisation
from pairbounds.simulations.training import train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum

BOUNDS = (
    *("near-optimal-error", "sharp-near-optimal-error", "trained-error", "trained-error-by-margins"),
    *("zero-shot-any", "zero-shot-near-optimal"),
)


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, its captions, and how a free embedding is trained on them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : of the captions
    """

    k: int = 8
    noise: float = 0.02
    detail: float = 0.3
    steps: int = 1_500
    learning_rate: float | None = 0.1


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each logged step and bound: the measured error and the bound's value."""
    graph = settings.world(seed).caption_graph(settings.noise, settings.detail)
    return checked_along_training(graph, settings.k, settings.optimisation(), BOUNDS, seed)


def checked_along_training(
    graph: PairGraph, k: int, optimisation: dict[str, Any], bounds: Sequence[str], seed: int, *, penalty: float = 0.0
) -> pd.DataFrame:
    """A free embedding trained on a graph, and at each logged step the rows of `check_bounds` of some bounds.

    With a penalty it is trained with it, and claims about it are among those that can be checked. The step and the
    excess loss come first in each row.
    """
    triplets = spectrum(graph, k + 1)
    rows: list[pd.DataFrame] = []

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        features = left, right
        rows.append(check_bounds(graph, k, features, bounds=bounds, triplets=triplets, penalty=penalty or None))
        return {}

    found = train(graph, k, penalty=penalty, **optimisation, device="cpu", seed=seed, observe=observe)
    history = found.history
    for step, excess, checks in zip(history["step"], history["excess_loss"], rows, strict=True):
        checks.insert(0, "step", step)
        checks.insert(1, "excess_loss", excess)
    return pd.concat(rows, ignore_index=True)


STUDY = Study(
    question="How closely do the bounds on imperfect encoders follow a training run?",
    settings=Settings,
    measure=measure,
    seeds=5,
    columns={"near_optimal": "bound excess_loss guess holds measured seed step value"},
)
