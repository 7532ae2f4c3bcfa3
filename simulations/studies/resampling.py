"""CLIP-guided resampling on graphs: what it does to the bound, and what to the measured error."""

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import optimal_embeddings
from theory.resampling import TECHNIQUES, resampling_effects
from theory.resampling.effects import KEEP

INTEGERS = {"n_classes": (3, 5), "n_styles": (2, 4), "n_positions": (6, 10), "n_views": (3, 5)}
NOISE, STRENGTH = (0.01, 0.3), (1.5, 5.0)  # of the guide's captions and of the views, evenly in the logarithm
DETAIL = 0.3

SETTINGS: dict[str, object] = {
    **INTEGERS,
    "noise": NOISE,
    "strength": STRENGTH,
    "detail": DETAIL,
    "keep": KEEP,
    "k over n_classes": 2,
    "techniques": list(TECHNIQUES),
    "fractions": "the defaults of theory.resampling",
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each guide and technique, on the views of one random world: bounds and error, before and after."""
    rng = np.random.default_rng([seed, 8])
    world = LatentWorld(**{name: int(rng.integers(low, high + 1)) for name, (low, high) in INTEGERS.items()}, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (NOISE, STRENGTH))
    k = 2 * world.n_classes
    guides = {
        "captions": optimal_embeddings(world.caption_graph(noise, DETAIL), k)[0],
        "oracle": np.eye(world.n_classes)[world.labels],
        "random": rng.standard_normal((world.n_images, k)),
    }
    table = resampling_effects(world.augmentation_graph(strength), guides, k)
    return table.assign(noise=noise, strength=strength, n_images=world.n_images)


STUDY = Study(
    name="resampling",
    question="Does the change of the bound predict that of the error, and the order of the resampling techniques?",
    settings=SETTINGS,
    measure=measure,
    seeds=40,
)
