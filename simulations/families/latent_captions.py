"""The caption graph of a latent world; its limits are tested with the world."""

from dataclasses import dataclass, replace

import numpy as np

from pairbounds.simulations.families.family import Family
from pairbounds.simulations.world import LatentWorld
from pairbounds.theory.graph.pair_graph import PairGraph

SMALL = LatentWorld(n_classes=3, n_styles=2, n_positions=6)


@dataclass(frozen=True)
class LatentCaptions(Family):
    """`LatentWorld.caption_graph`, of a world whose seed is drawn.

    Attributes
    ----------
    world : but for its seed
    noise, detail : of the captions
    """

    models = "images of one world and their captions: some wrong, some detailed"

    world: LatentWorld = SMALL
    noise: float = 0.1
    detail: float = 0.5

    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """A few captions for each image."""
        return replace(self.world, seed=int(rng.integers(2**31))).caption_graph(self.noise, self.detail)
