"""Evaluation of every bound on worlds of many shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.world import LatentWorld
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class BoundHoldsSettings:
    """Ranges of the random worlds, and the widths at which bounds are evaluated.

    Attributes
    ----------
    classes, styles, positions, phrases : least and largest number in a world
    views : least and largest number of views and of captions of an image
    noises, strengths : range of caption noise and of augmentation strength, sampled log-uniformly
    details : range of caption detail
    widths : embedding widths, as multiples of the number of classes
    merged : share of the worlds in which some classes are merged, so classes have unequal mass
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


def random_shape(settings: object, names: Sequence[str], rng: np.random.Generator) -> dict[str, int]:
    """Draw numbers of a world, each from the range of its setting: n_classes for "classes"."""
    ranges = {f"n_{name}": getattr(settings, name) for name in names}
    return {name: int(rng.integers(low, high + 1)) for name, (low, high) in ranges.items()}


def log_uniform(limits: tuple[float, ...], rng: np.random.Generator) -> float:
    """Draw a number between two positive limits."""
    return float(np.exp(rng.uniform(*np.log(limits))))


def measure(settings: BoundHoldsSettings, seed: int) -> pd.DataFrame:
    """Every bound on a caption graph and an augmentation graph of a random world, at each width.

    In some worlds the labels of two or more classes, but not all, are merged. The pairs do not change.
    """
    rng = np.random.default_rng([seed, 2])
    shape = random_shape(settings, ("classes", "styles", "positions", "phrases", "views"), rng)
    world = LatentWorld(**shape, n_captions=shape["n_views"], seed=seed)
    noise, strength = (log_uniform(limits, rng) for limits in (settings.noises, settings.strengths))
    low, high = settings.details
    detail = rng.uniform(low, high)
    graphs = {"caption": world.caption_graph(noise, detail), "augmentation": world.augmentation_graph(strength)}
    merges = world.n_classes > 2 and rng.random() < settings.merged
    merged = int(rng.integers(2, world.n_classes)) if merges else 1
    tables = [_rows(name, _merged(graph, merged), settings.widths) for name, graph in graphs.items()]
    return pd.concat(tables, ignore_index=True)


def _merged(graph: PairGraph, classes: int) -> PairGraph:
    """The graph with its first few classes merged."""
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
    settings=BoundHoldsSettings,
    measure=measure,
    seeds=500,
)
