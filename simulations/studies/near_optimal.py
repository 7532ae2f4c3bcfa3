"""Bounds on suboptimal encoders at each logged step of two trainings: of fixed width, and with a penalty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.encoder_training import Optimisation, train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum

OF_A_WIDTH = ("sharp-near-optimal-error", "trained-error", "trained-error-by-margins")
WITH_A_PENALTY = (
    *("penalised-encoder-mse", "multihop-penalised-encoder-mse", "penalised-encoder-mse-by-duality"),
    *("penalised-encoder-error", "sharp-near-optimal-error"),
)


@dataclass(frozen=True)
class NearOptimalSettings(WorldShape, Optimisation):
    """A world, its captions, and the training of two free embeddings on them.

    Attributes
    ----------
    k : width of the embedding without a penalty
    wide, penalty : width (more than needed) and penalty μ of the other embedding
    noise, detail : probability that a caption names a wrong class, and that it names a style
    """

    k: int = 8
    wide: int = 16
    penalty: float = 0.85
    noise: float = 0.02
    detail: float = 0.3
    steps: int = 1_500
    learning_rate: float | None = 0.1


def measure(settings: NearOptimalSettings, seed: int) -> pd.DataFrame:
    """A row for each training, logged step and bound: the measured quantity and the value of the bound."""
    graph = settings.world(seed).caption_graph(settings.noise, settings.detail)
    options = settings.optimisation() | {"seed": seed}
    plain = _checked(graph, settings.k, 0.0, OF_A_WIDTH, options)
    penalised = _checked(graph, settings.wide, settings.penalty, WITH_A_PENALTY, options)
    return pd.concat([plain.assign(penalised=False), penalised.assign(penalised=True)], ignore_index=True)


def _checked(
    graph: PairGraph, k: int, penalty: float, bounds: Sequence[str], options: Mapping[str, Any]
) -> pd.DataFrame:
    """Rows of `check_bounds` at each logged step of a training."""
    triplets = spectrum(graph, k + 1)
    checks: list[pd.DataFrame] = []

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        checks.append(check_bounds(graph, k, (left, right), bounds=bounds, triplets=triplets, penalty=penalty or None))
        return {}

    history = train(graph, k, penalty=penalty, **options, device="cpu", observe=observe).history
    steps = zip(history["step"], history["excess_loss"], checks, strict=True)
    return pd.concat([table.assign(step=step, excess_loss=excess) for step, excess, table in steps])


STUDY = Study(
    question="How tight are the bounds on imperfect encoders during training, at a fixed width and with a penalty?",
    settings=NearOptimalSettings,
    measure=measure,
    seeds=5,
)
