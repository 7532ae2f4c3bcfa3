"""All bounds on the same graphs, family by family."""

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, check_bounds
from theory.attack.starts import STARTS, candidate

NOISE, STRENGTH = (0.002, 0.3), (0.5, 3.0)  # of a world's captions and augmentations, evenly in the logarithm
DRAWS = 4  # graphs of each small family for a seed
SETTINGS: dict[str, object] = {
    "families": [*STARTS, "captions", "augmentations"],
    "noise": NOISE,
    "strength": STRENGTH,
    "draws": DRAWS,
}


def measure(seed: int) -> pd.DataFrame:
    """Every bound on a few graphs of each family, with the optimal embedding."""
    rng = np.random.default_rng([seed, 3])
    tables = []
    for name in STARTS:
        for _ in range(DRAWS):
            drawn = candidate(name, rng)
            tables.append(check_bounds(drawn.graph, drawn.k).assign(family=name))
    for name, graph, k in _worlds(seed, rng):
        tables.append(check_bounds(graph, k).assign(family=name))
    return pd.concat(tables, ignore_index=True)


def _worlds(seed: int, rng: np.random.Generator) -> list[tuple[str, PairGraph, int]]:
    world = LatentWorld(n_classes=4, n_styles=3, n_positions=10, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (NOISE, STRENGTH))
    captions = world.caption_graph(noise, detail=float(rng.uniform()))
    return [("captions", captions, 8), ("augmentations", world.augmentation_graph(strength), 8)]


STUDY = Study(
    name="leaderboard",
    question="Which bound is the tightest, on which family of graphs?",
    settings=SETTINGS,
    measure=measure,
    seeds=40,
)
