"""Every bound, on worlds of many shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.world import LatentWorld
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, required_labels
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class Settings:
    """The worlds that are drawn, and the widths at which the bounds are held.

    Attributes
    ----------
    classes, styles, positions, phrases : least and largest number of each in a world
    views : least and largest number of views and of captions of an image
    noises, strengths : of captions and of augmentations, least and largest; drawn evenly in the logarithm
    details : of the captions, least and largest
    widths : of the embedding, as multiples of the number of classes
    merged : share of the worlds that have some of their classes made one, and so classes of unequal mass
    """

    classes: tuple[int, ...] = (2, 8)
    styles: tuple[int, ...] = (2, 6)
    positions: tuple[int, ...] = (8, 16)
    phrases: tuple[int, ...] = (2, 12)
    views: tuple[int, ...] = (2, 6)
    noises: tuple[float, ...] = (0.002, 0.5)
    details: tuple[float, ...] = (0.0, 1.0)
    strengths: tuple[float, ...] = (0.3, 8.0)
    widths: tuple[int, ...] = (1, 2, 4)
    merged: float = 0.5

    def drawn(self, rng: np.random.Generator) -> dict[str, int]:
        """The numbers that a world is made with."""
        ranges = {name: getattr(self, name) for name in ("classes", "styles", "positions", "phrases", "views")}
        found = {name: int(rng.integers(low, high + 1)) for name, (low, high) in ranges.items()}
        return {f"n_{name}": number for name, number in found.items()} | {"n_captions": found["views"]}


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every bound on a caption graph and an augmentation graph of a world drawn at random, at three widths.

    In some of the worlds the labels of two or more classes, but not of all, are made one: the pairs are those of equal
    classes, and the labels know less of them.
    """
    rng = np.random.default_rng([seed, 2])
    world = LatentWorld(**settings.drawn(rng), seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(e)))) for e in (settings.noises, settings.strengths))
    least, most = settings.details
    detail = rng.uniform(least, most)
    graphs = {"caption": world.caption_graph(noise, detail), "augmentation": world.augmentation_graph(strength)}
    merges = world.n_classes > 2 and rng.random() < settings.merged
    merged = int(rng.integers(2, world.n_classes)) if merges else 1
    tables = [_rows(name, _merged(graph, merged), settings.widths) for name, graph in graphs.items()]
    return pd.concat(tables, ignore_index=True)


def _merged(graph: PairGraph, classes: int) -> PairGraph:
    """The graph with its first few classes made one."""
    left, right = (np.maximum(0, required_labels(graph, side) - classes + 1) for side in ("left", "right"))
    return PairGraph(graph.joint, left, right)


def _rows(name: str, graph: PairGraph, factors: Sequence[int]) -> pd.DataFrame:
    smaller, masses = min(graph.shape), class_masses(graph)
    n_classes = len(masses)
    widths = [factor * n_classes for factor in factors if factor * n_classes <= smaller]
    triplets = spectrum(graph, min(smaller, max(widths) + 1))
    rows = pd.DataFrame(check_bounds(graph, widths, triplets=triplets))
    rows.insert(0, "pairs", name)
    rows.insert(1, "n_classes", n_classes)
    rows.insert(2, "largest_class", masses.max())
    return rows


STUDY = Study(
    question="Does every bound hold on worlds of many shapes, and how tightly?",
    settings=Settings,
    measure=measure,
    seeds=500,
)
