"""The bounds on encoders of a penalised loss, step by step along training with the penalty."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.studies.near_optimal import checked_along_training
from pairbounds.simulations.training import Optimisation
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study

BOUNDS = (
    *("penalised-encoder-mse", "multihop-penalised-encoder-mse", "penalised-encoder-mse-by-duality"),
    *("penalised-encoder-error", "sharp-near-optimal-error", "penalised-mse", "penalised-error"),
)


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, its captions, and how a free embedding of more than enough width is trained on them, with a penalty.

    Attributes
    ----------
    k : width of the embedding
    penalty : μ
    noise, detail : of the captions
    """

    k: int = 16
    penalty: float = 0.85
    noise: float = 0.02
    detail: float = 0.3
    steps: int = 1_500
    learning_rate: float | None = 0.1


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each logged step and bound: what is measured and the bound's value."""
    graph = settings.world(seed).caption_graph(settings.noise, settings.detail)
    options = settings.optimisation()
    return checked_along_training(graph, settings.k, options, BOUNDS, seed, penalty=settings.penalty)


STUDY = Study(
    question="How closely do the bounds without a gap follow training with a penalty?",
    settings=Settings,
    measure=measure,
    seeds=5,
)
