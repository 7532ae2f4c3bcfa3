"""How fast errors fall: with the labelling error, with the gap, and with the number of training pairs."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from simulations.sampling import draw_pairs
from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, induced_labelling_error, optimal_embeddings, probe, spectral_loss, spectrum
from theory.infrastructure.arrays import FloatArray, IntArray

WORLD = LatentWorld()
WIDTH = 8
DETAIL = 0.3
NOISE = 0.1  # where it does not vary
NOISES = np.geomspace(0.005, 0.3, 9)
WIDTHS = (6, 8, 12, 16, 24, 32, 48, 64)
PAIRS = tuple(2**power * WORLD.n_images for power in range(1, 12))
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "detail": DETAIL,
    "noise": NOISE,
    "noises": NOISES.tolist(),
    "widths": WIDTHS,
    "pairs": PAIRS,
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each point of the three sweeps: `sweep`, `x` (what varies), `y` (the error), `quantity` (which)."""
    world = replace(WORLD, seed=seed)
    graph = world.caption_graph(NOISE, DETAIL)
    sweeps = {"labelling error": _noises(world), "gap": _widths(graph), "pairs": _samples(graph, seed)}
    rows = [
        {"sweep": sweep, "x": x, "quantity": quantity, "y": y}
        for sweep, points in sweeps.items()
        for x, errors in points
        for quantity, y in errors.items()
    ]
    return pd.DataFrame(rows)


Points = Iterator[tuple[float, dict[str, float]]]


def _noises(world: LatentWorld) -> Points:
    for noise in NOISES:
        graph = world.caption_graph(noise, DETAIL)
        yield induced_labelling_error(graph), _errors(graph, optimal_embeddings(graph, WIDTH)[0])


def _widths(graph: PairGraph) -> Points:
    triplets = spectrum(graph, max(WIDTHS) + 1)
    weighted = triplets.left / np.sqrt(graph.left_marginal)[:, None]
    for k in WIDTHS:
        yield 1 - float(triplets.singular_values[k]) ** 2, _errors(graph, weighted[:, :k])


def _samples(graph: PairGraph, seed: int) -> Points:
    """The exact optimum of n pairs, on all nodes: those that were not drawn are at the origin."""
    optimum = optimal_embeddings(graph, WIDTH)
    lowest, best = spectral_loss(graph, *optimum), _errors(graph, optimum[0])
    for n in PAIRS:
        sample = draw_pairs(graph, n, np.random.default_rng([seed, n]))
        left, right = optimal_embeddings(sample.graph, WIDTH)
        everywhere = _placed(left, sample.left, graph.n_left), _placed(right, sample.right, graph.n_right)
        further = {f"further {name}": y - best[name] for name, y in _errors(graph, everywhere[0]).items()}
        yield n, {"excess loss": spectral_loss(graph, *everywhere) - lowest} | further


def _errors(graph: PairGraph, left: FloatArray) -> dict[str, float]:
    found = probe(graph, left)
    return {"probe mse": found.mse, "probe error": found.error}


def _placed(rows: FloatArray, nodes: IntArray, size: int) -> FloatArray:
    placed = np.zeros((size, rows.shape[1]))
    placed[nodes] = rows
    return placed


STUDY = Study(
    name="rates",
    question="With which exponents do errors fall with the labelling error, the gap and the number of pairs?",
    settings=SETTINGS,
    measure=measure,
    seeds=20,
)
