"""Multi-hop consistency: the interval of theorem 15 closing on the true error, and the curve of label survival."""

from dataclasses import asdict, replace

import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory.bounds.theorem15_multihop import interval_table

WORLD = LatentWorld()
WIDTH = 8
CAPTIONS = {"noise": 0.05, "detail": 0.3}
STRENGTHS = (0.5, 1.0, 2.0)
HOPS = 16
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "captions": CAPTIONS,
    "strengths": STRENGTHS,
    "hops": HOPS,
}


def measure(seed: int) -> pd.DataFrame:
    """The rows of `interval_table` for the captions and for the augmentations at three strengths."""
    world = replace(WORLD, seed=seed)
    graphs = {"captions": world.caption_graph(**CAPTIONS)}
    graphs |= {f"augmentation {strength:g}": world.augmentation_graph(strength) for strength in STRENGTHS}
    rows = [interval_table(graph, WIDTH, HOPS).assign(pairs=name) for name, graph in graphs.items()]
    return pd.concat(rows, ignore_index=True)


STUDY = Study(
    name="multihop",
    question="How fast does the multi-hop interval close on the true probe error?",
    settings=SETTINGS,
    measure=measure,
    seeds=10,
)
