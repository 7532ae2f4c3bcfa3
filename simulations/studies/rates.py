"""Rates at which errors fall: with the labelling error, with the gap, and with the number of training pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.sampling import draw_pairs, placed
from pairbounds.simulations.world import LatentWorld, WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import optimal_embeddings, spectral_loss
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class Settings(WorldShape):
    """A world, its captions, and what grows: their noise, the width of the embedding, the number of pairs.

    Attributes
    ----------
    k : width of the embedding, where it does not vary
    noise, detail : of the captions, where they do not vary
    noises, widths : those that vary
    pairs : that are drawn, as multiples of the number of images
    """

    k: int = 8
    noise: float = 0.1
    detail: float = 0.3
    noises: tuple[float, ...] = tuple(np.geomspace(0.005, 0.3, 9).tolist())
    widths: tuple[int, ...] = (6, 8, 12, 16, 24, 32, 48, 64)
    pairs: tuple[int, ...] = tuple(2**power for power in range(1, 12))


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each point of the three sweeps: `sweep`, `x` (what varies), `y` (the error), `quantity` (which)."""
    world = settings.world(seed)
    graph = world.caption_graph(settings.noise, settings.detail)
    sweeps = {
        "labelling error": _noises(world, settings),
        "gap": _widths(graph, settings.widths),
        "pairs": _samples(graph, settings.k, [factor * world.n_images for factor in settings.pairs], seed),
    }
    rows = [
        {"sweep": sweep, "x": x, "quantity": quantity, "y": y}
        for sweep, points in sweeps.items()
        for x, errors in points
        for quantity, y in errors.items()
    ]
    return pd.DataFrame(rows)


Points = Iterator[tuple[float, dict[str, float]]]


def _noises(world: LatentWorld, settings: Settings) -> Points:
    for noise in settings.noises:
        graph = world.caption_graph(noise, settings.detail)
        yield induced_labelling_error(graph), _errors(graph, optimal_embeddings(graph, settings.k)[0])


def _widths(graph: PairGraph, widths: Sequence[int]) -> Points:
    triplets = spectrum(graph, max(widths) + 1)
    weighted = triplets.left / np.sqrt(graph.left_marginal)[:, None]
    for k in widths:
        yield 1 - float(triplets.singular_values[k]) ** 2, _errors(graph, weighted[:, :k])


def _samples(graph: PairGraph, k: int, sizes: Sequence[int], seed: int) -> Points:
    """The exact optimum of n pairs, on all nodes: those that were not drawn are at the origin."""
    optimum = optimal_embeddings(graph, k)
    lowest, best = spectral_loss(graph, *optimum), _errors(graph, optimum[0])
    for n in sizes:
        sample = draw_pairs(graph, n, np.random.default_rng([seed, n]))
        left, right = optimal_embeddings(sample.graph, k)
        everywhere = placed(left, sample.left, graph.n_left), placed(right, sample.right, graph.n_right)
        further = {f"further {name}": y - best[name] for name, y in _errors(graph, everywhere[0]).items()}
        yield n, {"excess loss": spectral_loss(graph, *everywhere) - lowest} | further


def _errors(graph: PairGraph, left: FloatArray) -> dict[str, float]:
    found = probe(graph, left)
    return {"probe mse": found.mse, "probe error": found.error}


STUDY = Study(
    question="With which exponents do errors fall with the labelling error, the gap and the number of pairs?",
    settings=Settings,
    measure=measure,
    seeds=20,
)
