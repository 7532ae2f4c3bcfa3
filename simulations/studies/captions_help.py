"""Caption pairs and augmentation pairs of one world, as the augmentation grows."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, check_bounds, induced_labelling_error, spectrum

WORLD = LatentWorld()
WIDTH = 8
NOISE, DETAIL = 0.05, 0.3
STRENGTHS = np.geomspace(0.2, 8.0, 25)
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "noise": NOISE,
    "detail": DETAIL,
    "strengths": STRENGTHS.tolist(),
}


def measure(seed: int) -> pd.DataFrame:
    """One row for the captions and one for the augmentations at each strength."""
    world = replace(WORLD, seed=seed)
    captions = _row(world.caption_graph(NOISE, DETAIL)) | {"pairs": "caption", "strength": np.nan}
    augmentations = (
        _row(world.augmentation_graph(strength)) | {"pairs": "augmentation", "strength": strength}
        for strength in STRENGTHS
    )
    return pd.DataFrame([captions, *augmentations])


def _row(graph: PairGraph) -> dict[str, object]:
    triplets = spectrum(graph, WIDTH + 1)
    checks = check_bounds(graph, WIDTH, triplets=triplets).set_index("bound")
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": triplets.singular_values[WIDTH],
        "probe_error": checks.loc["probe-error", "measured"],
        "bound": checks.loc["probe-error", "value"],
        "sharp_bound": checks.loc["sharp-probe-error", "value"],
        "guess_error": checks.loc["probe-error", "guess"],
    }


STUDY = Study(
    name="captions_help",
    question="In one world, when do caption pairs serve better than augmentation pairs?",
    settings=SETTINGS,
    measure=measure,
    seeds=30,
)
