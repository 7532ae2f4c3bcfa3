"""The graphs of simulated worlds and of the graph families, for `pairbounds graph`."""

from dataclasses import dataclass

from pairbounds.simulations.families import FAMILIES
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps.graphs import GraphSource


@dataclass(frozen=True)
class Captions(WorldShape):
    """Settings of a world's caption graph.

    Attributes
    ----------
    noise : probability that a caption names the wrong class
    detail : probability that a caption names the style too
    """

    noise: float = 0.0
    detail: float = 0.0


@dataclass(frozen=True)
class Augmentations(WorldShape):
    """Settings of a world's augmentation graph.

    Attributes
    ----------
    strength : how far views move: 0 not at all, 10 almost anywhere
    """

    strength: float = 1.0


GRAPHS = {
    name: GraphSource(family.models, family, lambda settings, seed: settings.graph(seed))
    for name, family in FAMILIES.items()
} | {
    "latent_captions": GraphSource(
        "images of a latent world and their captions",
        Captions,
        lambda settings, seed: settings.world(seed).caption_graph(settings.noise, settings.detail),
    ),
    "latent_augmentations": GraphSource(
        "views and natural images of a latent world",
        Augmentations,
        lambda settings, seed: settings.world(seed).augmentation_graph(settings.strength),
    ),
}
