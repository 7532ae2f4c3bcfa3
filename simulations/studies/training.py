"""A free embedding trained on the population loss, step by step."""

from dataclasses import dataclass

import pandas as pd

from simulations.optimisation import Optimisation
from simulations.training import train
from simulations.world import WorldShape
from theory import optimal_embeddings, probe
from theory.sweeps import Study


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, its pairs, and how a free embedding is trained on them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : of the captions
    strength : of the augmentations
    """

    k: int = 8
    noise: float = 0.05
    detail: float = 0.3
    strength: float = 1.5
    steps: int = 2_000
    learning_rate: float | None = 0.1


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The history of a free embedding trained on the caption graph, and of one on the augmentation graph."""
    world = settings.world(seed)
    graphs = {
        "caption": world.caption_graph(settings.noise, settings.detail),
        "augmentation": world.augmentation_graph(settings.strength),
    }
    histories = []
    for name, graph in graphs.items():
        history = train(graph, settings.k, **settings.optimisation(), device="cpu", seed=seed).history
        history.insert(0, "pairs", name)
        history["optimum_error"] = probe(graph, optimal_embeddings(graph, settings.k)[0]).error
        histories.append(history)
    return pd.concat(histories, ignore_index=True)


STUDY = Study(
    question="Does gradient descent on the population loss find the optimum of the theory?",
    settings=Settings,
    measure=measure,
    seeds=10,
)
