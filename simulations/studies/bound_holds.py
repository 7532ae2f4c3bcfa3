"""Every bound, on worlds of many shapes."""

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, check_bounds, spectrum

INTEGERS = {"n_classes": (2, 8), "n_styles": (2, 6), "n_positions": (8, 16), "n_phrases": (2, 12), "pairs": (2, 6)}
NOISE, DETAIL, STRENGTH = (0.002, 0.5), (0.0, 1.0), (0.3, 8.0)  # noise and strength evenly in the logarithm
WIDTHS = (1, 2, 4)  # times the number of classes
SETTINGS: dict[str, object] = {
    **INTEGERS,
    "noise": NOISE,
    "detail": DETAIL,
    "strength": STRENGTH,
    "k over n_classes": WIDTHS,
}


def measure(seed: int) -> pd.DataFrame:
    """Every bound on a caption graph and an augmentation graph of a world drawn at random, at three widths."""
    rng = np.random.default_rng([seed, 2])
    drawn = {name: int(rng.integers(low, high + 1)) for name, (low, high) in INTEGERS.items()}
    pairs = drawn.pop("pairs")
    world = LatentWorld(**drawn, n_views=pairs, n_captions=pairs, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (NOISE, STRENGTH))
    detail = rng.uniform(*DETAIL)
    graphs = {"caption": world.caption_graph(noise, detail), "augmentation": world.augmentation_graph(strength)}
    return pd.concat([_rows(name, graph, world.n_classes) for name, graph in graphs.items()], ignore_index=True)


def _rows(name: str, graph: PairGraph, n_classes: int) -> pd.DataFrame:
    smaller = min(graph.joint.shape)
    widths = [factor * n_classes for factor in WIDTHS if factor * n_classes <= smaller]
    triplets = spectrum(graph, min(smaller, max(widths) + 1))
    tables = []
    for k in widths:
        table = check_bounds(graph, k, triplets=triplets)
        table.insert(0, "k", k)
        tables.append(table)
    rows = pd.concat(tables, ignore_index=True)
    rows.insert(0, "pairs", name)
    rows.insert(1, "n_classes", n_classes)
    return rows


STUDY = Study(
    name="bound_holds",
    question="Does every bound hold on worlds of many shapes, and how tightly?",
    settings=SETTINGS,
    measure=measure,
    seeds=500,
)
