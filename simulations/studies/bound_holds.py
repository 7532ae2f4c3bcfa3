"""Every bound, on worlds of many shapes."""

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, check_bounds, spectrum
from theory.consistency import class_masses, required_labels

INTEGERS = {"n_classes": (2, 8), "n_styles": (2, 6), "n_positions": (8, 16), "n_phrases": (2, 12), "pairs": (2, 6)}
NOISE, DETAIL, STRENGTH = (0.002, 0.5), (0.0, 1.0), (0.3, 8.0)  # noise and strength evenly in the logarithm
WIDTHS = (1, 2, 4)  # times the number of classes
MERGED = 0.5  # of the worlds have some of their classes made one, and so classes of unequal mass
SETTINGS: dict[str, object] = {
    **INTEGERS,
    "noise": NOISE,
    "detail": DETAIL,
    "strength": STRENGTH,
    "k over n_classes": WIDTHS,
    "merged": MERGED,
}


def measure(seed: int) -> pd.DataFrame:
    """Every bound on a caption graph and an augmentation graph of a world drawn at random, at three widths.

    In about half of the worlds the labels of two or more classes, but not of all, are made one: the pairs are those of
    equal classes, and the labels know less of them.
    """
    rng = np.random.default_rng([seed, 2])
    drawn = {name: int(rng.integers(low, high + 1)) for name, (low, high) in INTEGERS.items()}
    pairs = drawn.pop("pairs")
    world = LatentWorld(**drawn, n_views=pairs, n_captions=pairs, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (NOISE, STRENGTH))
    detail = rng.uniform(*DETAIL)
    graphs = {"caption": world.caption_graph(noise, detail), "augmentation": world.augmentation_graph(strength)}
    merges = world.n_classes > 2 and rng.random() < MERGED
    merged = int(rng.integers(2, world.n_classes)) if merges else 1
    return pd.concat([_rows(name, _merged(graph, merged)) for name, graph in graphs.items()], ignore_index=True)


def _merged(graph: PairGraph, classes: int) -> PairGraph:
    """The graph with its first few classes made one."""
    left, right = (np.maximum(0, required_labels(graph, side) - classes + 1) for side in ("left", "right"))
    return PairGraph(graph.joint, left, right)


def _rows(name: str, graph: PairGraph) -> pd.DataFrame:
    smaller, masses = min(graph.joint.shape), class_masses(graph)
    n_classes = len(masses)
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
    rows.insert(2, "largest_class", masses.max())
    return rows


STUDY = Study(
    name="bound_holds",
    question="Does every bound hold on worlds of many shapes, and how tightly?",
    settings=SETTINGS,
    measure=measure,
    seeds=500,
)
