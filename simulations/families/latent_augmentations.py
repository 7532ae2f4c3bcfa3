"""The augmentation graph of a latent world; its limits are tested with the world."""

from dataclasses import dataclass, replace

import numpy as np

from pairbounds.simulations.families.family import Family
from pairbounds.simulations.world import LatentWorld
from pairbounds.theory.graph.pair_graph import PairGraph

SMALL = LatentWorld(n_classes=3, n_styles=2, n_positions=6)


@dataclass(frozen=True)
class LatentAugmentations(Family):
    """`LatentWorld.augmentation_graph`, of a world whose seed is drawn.

    Attributes
    ----------
    world : but for its seed
    strength : of the augmentation
    """

    models = "images of one world and their views: position, style, then class is lost"

    world: LatentWorld = SMALL
    strength: float = 1.0

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """A few views of each image."""
        return replace(self.world, seed=int(rng.integers(2**31))).augmentation_graph(self.strength)
