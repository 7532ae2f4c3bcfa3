"""Critics trained on a world's captions by InfoNCE at several batch sizes, compared with theorem 29."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.questions.trained_batches import Batches, trained_in_batches


@dataclass(frozen=True)
class Settings(WorldShape, Batches):
    """A world, its captions, and the critics trained on them.

    Attributes
    ----------
    noise, detail : probability that a caption names a wrong class, and that it names a style
    feature_noise : noise of the inputs of linear critics
    """

    noise: float = 0.1
    detail: float = 0.3
    feature_noise: float = 0.3


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `trained_in_batches` on the captions of a world."""
    world = settings.world(seed)
    graph = world.caption_graph(settings.noise, settings.detail)
    noise = settings.feature_noise
    inputs = image_features(world, noise=noise), caption_features(world, graph, noise=noise)
    return trained_in_batches(graph, inputs, settings, seed)


STUDY = Study(
    question="Do errors of trained critics follow the information in a batch, or its false negatives?",
    settings=Settings,
    measure=measure,
    seeds=8,
    small={"seen": 2_048, "batches": (8, 64, 512), "contrasts": (64,), "exact_steps": (64,), "tuning": 1},
)
