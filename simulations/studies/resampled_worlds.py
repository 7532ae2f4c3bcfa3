"""CLIP-guided resampling on graphs: its effect on the bound and on the measured error."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.studies.bound_holds import log_uniform, random_shape
from pairbounds.simulations.world import LatentWorld
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.resampling.effects import resampling_effects


@dataclass(frozen=True)
class ResampledWorldsSettings:
    """Ranges of the random worlds, and the guide's captions.

    Attributes
    ----------
    classes, styles, positions, views : least and largest number in a world
    noises : range of the noise of the guide's captions, sampled log-uniformly
    detail : probability that a caption of the guide names a style
    strengths : range of the augmentation strength, sampled log-uniformly
    width : embedding width, as a multiple of the number of classes
    """

    classes: tuple[int, ...] = (3, 5)
    styles: tuple[int, ...] = (2, 4)
    positions: tuple[int, ...] = (6, 10)
    views: tuple[int, ...] = (3, 5)
    noises: tuple[float, ...] = (0.01, 0.3)
    detail: float = 0.3
    strengths: tuple[float, ...] = (1.5, 5.0)
    width: int = 2


def measure(settings: ResampledWorldsSettings, seed: int) -> pd.DataFrame:
    """A row for each guide and rule on the views of a random world: bounds and error before and after resampling."""
    rng = np.random.default_rng([seed, 8])
    world = LatentWorld(**random_shape(settings, ("classes", "styles", "positions", "views"), rng), seed=seed)
    noise, strength = (log_uniform(limits, rng) for limits in (settings.noises, settings.strengths))
    k = settings.width * world.n_classes
    guides = {
        "captions": optimal_embeddings(world.caption_graph(noise, settings.detail), k)[0],
        "oracle": np.eye(world.n_classes)[world.labels],
        "random": rng.standard_normal((world.n_images, k)),
    }
    table = resampling_effects(world.augmentation_graph(strength), guides, k)
    return table.assign(noise=noise, strength=strength, n_images=world.n_images)


STUDY = Study(
    question="Does the change of the bound predict the change of the error, and the order of the resampling rules?",
    settings=ResampledWorldsSettings,
    measure=measure,
    seeds=40,
)
