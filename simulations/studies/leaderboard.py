"""All bounds on the same graphs, family by family."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.world import LatentWorld
from pairbounds.sweeps import Study
from pairbounds.theory.attack.starts import STARTS, candidate
from pairbounds.theory.bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Settings:
    """Graphs of every small family, and of worlds.

    Attributes
    ----------
    draws : graphs of each small family for a seed
    noises, strengths : of a world's captions and of its augmentations, least and largest; drawn evenly in the logarithm
    k : width of the embedding on a world; on a small graph it is drawn
    """

    draws: int = 4
    noises: tuple[float, ...] = (0.002, 0.3)
    strengths: tuple[float, ...] = (0.5, 3.0)
    k: int = 8


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every bound on a few graphs of each family, with the optimal embedding."""
    rng = np.random.default_rng([seed, 3])
    tables = []
    for name in STARTS:
        for _ in range(settings.draws):
            drawn = candidate(name, rng)
            tables.append(check_bounds(drawn.graph, drawn.k).assign(family=name))
    for name, graph, k in _worlds(settings, seed, rng):
        tables.append(check_bounds(graph, k).assign(family=name))
    return pd.concat(tables, ignore_index=True)


def _worlds(settings: Settings, seed: int, rng: np.random.Generator) -> list[tuple[str, PairGraph, int]]:
    world = LatentWorld(n_classes=4, n_styles=3, n_positions=10, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (settings.noises, settings.strengths))
    captions = world.caption_graph(noise, detail=float(rng.uniform()))
    return [
        ("captions", captions, settings.k),
        ("augmentations", world.augmentation_graph(strength), settings.k),
    ]


STUDY = Study(
    question="Which bound is the tightest, on which family of graphs?",
    settings=Settings,
    measure=measure,
    seeds=40,
    columns={"leaderboard": "bound family measured quantity seed value"},
)
