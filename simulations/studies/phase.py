"""Captions against augmentations: bounds and measured errors of one world, for the phase diagram.

Noise changes only the captions, and strength only the augmentations. So each cell has one kind of pairs, and a diagram
of n x m points takes n + m cells for each seed.
"""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.encoder_training import train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum

COLUMNS = {
    "bound": "probe-error",
    "sharp_bound": "sharp-probe-error",
    "multihop_bound": "multihop-error",
    "local_bound": "local-multihop-error",
}


@dataclass(frozen=True)
class Settings(WorldShape):
    """A caption graph if noise is given, an augmentation graph if strength is given.

    Attributes
    ----------
    noise, strength : caption noise or augmentation strength; give one of them
    detail : probability that a caption names a style
    k : width of the embedding
    steps : training steps, with the default learning rate and momentum of `train`
    """

    noise: float | None = None
    strength: float | None = None
    detail: float = 0.3
    k: int = 8
    steps: int = 1_500

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.noise is None) == (self.strength is None):
            raise ValueError(
                f"noise={self.noise}, strength={self.strength}: give noise for captions, or strength for augmentations"
            )

    def graph(self, seed: int) -> PairGraph:
        """The pairs of a world with this seed."""
        world = self.world(seed)
        if self.noise is not None:
            return world.caption_graph(self.noise, self.detail)
        assert self.strength is not None
        return world.augmentation_graph(self.strength)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """One row: the probe error of the optimum, bounds on it, and the probe error of a trained encoder."""
    graph, k, steps = settings.graph(seed), settings.k, settings.steps
    triplets = spectrum(graph, k + 1)
    bounds = {column: BOUNDS[name](graph, triplets, k) for column, name in COLUMNS.items()}
    final = train(graph, k, steps=steps, log_every=steps, device="cpu", seed=seed).history.iloc[-1]
    row = bounds | {
        "optimum_error": Encoder.optimum(graph, triplets, k).probe.error,
        "trained_error": final["probe_error"],
        "excess_loss": final["excess_loss"],
    }
    return pd.DataFrame([row])


STUDY = Study(
    question="Where do caption pairs have the smaller bound, and where do they train the better encoder?",
    settings=Settings,
    measure=measure,
    seeds=10,
)
