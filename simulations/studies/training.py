"""An encoder trained on the population loss, step by step; by default a free embedding, and the spectral loss."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.encoders import require_encoder
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.own import loss_of
from pairbounds.simulations.training import Optimisation, train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, its pairs, and how an embedding is trained on them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : of the captions
    strength : of the augmentations
    loss, encoder : by their names in `pairbounds.simulations.losses.LOSSES` and
    `pairbounds.simulations.encoders.ENCODERS`
    """

    k: int = 8
    noise: float = 0.05
    detail: float = 0.3
    strength: float = 1.5
    steps: int = 2_000
    loss: str = "spectral"
    encoder: str = "free"

    def __post_init__(self) -> None:
        super().__post_init__()
        loss_of(self.loss)
        require_encoder(self.encoder)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The history of an encoder trained on the caption graph, and of one on the augmentation graph."""
    world = settings.world(seed)
    graphs = {
        "caption": world.caption_graph(settings.noise, settings.detail),
        "augmentation": world.augmentation_graph(settings.strength),
    }
    images, histories = image_features(world), []
    for name, graph in graphs.items():
        seen = caption_features(world, graph) if name == "caption" else images[graph.right_ids.astype(np.int64)]
        options = settings.optimisation() | {"loss": settings.loss, "encoder": settings.encoder}
        inputs = None if settings.encoder == "free" else (images, seen)
        history = train(graph, settings.k, **options, inputs=inputs, device="cpu", seed=seed).history
        history = history.rename(columns={"loss": "objective"})  # the loss itself is a setting
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
