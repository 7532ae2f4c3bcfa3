"""Rates at which the squared error of the optimum falls, with the labelling error and with the gap."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class Settings(WorldShape):
    """A world, its captions, and the two sweeps: over caption noise and over embedding width.

    Attributes
    ----------
    k : width of the embedding in the sweep over noise
    noise : caption noise in the sweep over widths
    detail : probability that a caption names a style
    noises, widths : values of the two sweeps
    """

    k: int = 8
    noise: float = 0.1
    detail: float = 0.3
    noises: tuple[float, ...] = tuple(np.geomspace(0.005, 0.3, 9).tolist())
    widths: tuple[int, ...] = (6, 8, 12, 16, 24, 32, 48, 64)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each point of the two sweeps: `sweep`, `x` (labelling error or gap) and `mse`."""
    world, rows = settings.world(seed), []
    for noise in settings.noises:
        graph = world.caption_graph(noise, settings.detail)
        optimum = optimal_embeddings(graph, settings.k)[0]
        rows.append(("labelling error", induced_labelling_error(graph), probe(graph, optimum).mse))
    graph = world.caption_graph(settings.noise, settings.detail)
    triplets = spectrum(graph, max(settings.widths) + 1)
    vectors = triplets.left / np.sqrt(graph.left_marginal)[:, None]
    for k in settings.widths:
        gap = 1 - float(triplets.singular_values[k]) ** 2
        rows.append(("gap", gap, probe(graph, vectors[:, :k]).mse))
    return pd.DataFrame(rows, columns=["sweep", "x", "mse"])


STUDY = Study(
    question="With which exponents do errors fall with the labelling error and the gap?",
    settings=Settings,
    measure=measure,
    seeds=20,
)
