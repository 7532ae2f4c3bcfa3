"""Bounds from InfoNCE on the votes of a critic, step by step along its training."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.studies.near_optimal import along_training
from pairbounds.simulations.training import Optimisation
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check import check_bounds
from pairbounds.theory.spectrum.triplets import spectrum

BOUNDS = ("zero-shot-vote", "zero-shot-vote-by-node", "vote", "vote-by-node", "vote-of-others")


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, its captions, and how the critic of a free embedding is trained on them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : of the captions
    """

    k: int = 32
    noise: float = 0.05
    detail: float = 0.3
    optimizer: str = "adam"
    steps: int = 600
    log_every: int = 5


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each logged step and bound: the measured error of the vote and the bound's value."""
    graph = settings.world(seed).caption_graph(settings.noise, settings.detail)
    triplets = spectrum(graph, 2)

    def checks(left: FloatArray, right: FloatArray) -> pd.DataFrame:
        return check_bounds(graph, 1, bounds=BOUNDS, triplets=triplets, critic=(left, right))

    return along_training(graph, settings.k, checks, loss="infonce", **settings.optimisation(), seed=seed)


STUDY = Study(
    question="How closely do the bounds on the votes of a critic follow its training by InfoNCE?",
    settings=Settings,
    measure=measure,
    seeds=5,
)
