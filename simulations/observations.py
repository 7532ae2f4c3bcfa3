"""Feature vectors of the nodes of a world, as inputs of encoders."""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.world import LatentWorld
from pairbounds.theory.graph.pair_graph import PairGraph

HIDDEN = 64  # units of the random nonlinearity


def image_features(world: LatentWorld, *, width: int = 32, noise: float = 0.1) -> FloatArray:
    """Class, style and position of each image through a fixed random nonlinearity, plus noise, (n_images, width).

    The position is given as a point of the unit circle. The world's seed determines the nonlinearity and the noise.
    """
    classes, styles, positions = world.latents
    angle = 2 * np.pi * positions / world.n_positions
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    latents = np.hstack([_one_hot(classes, world.n_classes), _one_hot(styles, world.n_styles), circle])
    return _observed(latents, width, noise, np.random.default_rng([world.seed, 4]))


def caption_features(world: LatentWorld, captions: PairGraph, *, width: int = 32, noise: float = 0.1) -> FloatArray:
    """Class, style and wording of each right node of a caption graph, as in `image_features`, (n_right, width)."""
    latents = zip(world.caption_latents(captions), world.caption_shape, strict=True)
    one_hot = np.hstack([_one_hot(values, size) for values, size in latents])
    return _observed(one_hot, width, noise, np.random.default_rng([world.seed, 5]))


def _one_hot(values: IntArray, size: int) -> FloatArray:
    return np.eye(size)[values]


def _observed(latents: FloatArray, width: int, noise: float, rng: np.random.Generator) -> FloatArray:
    """`tanh(latents A) B + noise`; each feature has about unit variance before the noise."""
    hidden = np.tanh(latents @ rng.standard_normal((latents.shape[1], HIDDEN)))
    clean = hidden @ rng.standard_normal((HIDDEN, width)) / np.sqrt(HIDDEN)
    return np.asarray(clean + noise * rng.standard_normal((len(latents), width)))
