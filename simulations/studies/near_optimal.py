"""The bounds on imperfect encoders, step by step along training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.training import Optimisation, train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum

BOUNDS = (
    *("near-optimal-error", "sharp-near-optimal-error", "trained-error", "trained-error-by-margins"),
    "zero-shot-near-optimal",
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

    With a penalty it is trained with it, and claims about it are among those that can be checked.
    """
    triplets = spectrum(graph, k + 1)

    def checks(left: FloatArray, right: FloatArray) -> pd.DataFrame:
        return check_bounds(graph, k, (left, right), bounds=bounds, triplets=triplets, penalty=penalty or None)

    return along_training(graph, k, checks, **optimisation, penalty=penalty, seed=seed)


def along_training(
    graph: PairGraph, k: int, checks: Callable[[FloatArray, FloatArray], pd.DataFrame], **training: Any
) -> pd.DataFrame:
    """The rows that `checks` has at each logged step of a training; the step and the excess loss come first."""
    tables: list[pd.DataFrame] = []

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        tables.append(checks(left, right))
        return {}

    history = train(graph, k, **training, device="cpu", observe=observe).history
    for step, excess, table in zip(history["step"], history["excess_loss"], tables, strict=True):
        table.insert(0, "step", step)
        table.insert(1, "excess_loss", excess)
    return pd.concat(tables, ignore_index=True)


STUDY = Study(
    question="How closely do the bounds on imperfect encoders follow a training run?",
    settings=Settings,
    measure=measure,
    seeds=5,
)
