"""Encoders trained with five losses on one world's captions, against the bounds on the spectral optimum."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.losses import LOSSES
from pairbounds.simulations.training import Optimisation, train
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import best_partner
from pairbounds.theory.quantities.logistic import logistic_probe
from pairbounds.theory.quantities.probes import probe, zero_shot_error
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

BOUNDS = {"probe-error": "bound", "sharp-probe-error": "sharp_bound", "zero-shot": "zero_shot_bound"}


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, the noises of its captions, and how free embeddings are trained on them with every loss.

    Attributes
    ----------
    k : width of the embedding
    detail, noises : of the captions
    """

    k: int = 8
    detail: float = 0.3
    noises: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
    optimizer: str = "adam"
    learning_rate: float | None = 0.02
    steps: int = 400
    log_every: int = 400


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each noise and loss: errors of the trained encoder, and the bounds on the spectral optimum."""
    world, rows = settings.world(seed), []
    for noise in settings.noises:
        graph = world.caption_graph(noise, settings.detail)
        triplets = spectrum(graph, settings.k + 1)
        checks = check_bounds(graph, settings.k, bounds=BOUNDS, triplets=triplets).set_index("bound")
        about = {"noise": noise} | {column: checks.loc[name, "value"] for name, column in BOUNDS.items()}
        about["optimum_error"] = checks.loc["probe-error", "measured"]
        about["guess_error"] = checks.loc["probe-error", "guess"]
        rows += [about | {"loss": loss} | _trained(graph, triplets, loss, settings, seed) for loss in LOSSES]
    return pd.DataFrame(rows)


def _trained(graph: PairGraph, triplets: Spectrum, loss: str, settings: Settings, seed: int) -> dict[str, float]:
    found = train(graph, settings.k, loss=loss, **settings.optimisation(), device="cpu", seed=seed)
    pair = found.left, best_partner(graph, found.left)
    checks = check_bounds(graph, settings.k, pair, triplets=triplets).set_index("bound")
    prototypes = np.nan if LOSSES[loss].induced else zero_shot_error(graph, found.left, found.right)
    return {
        "excess_loss": found.history["excess_loss"].iloc[-1],
        "probe_error": probe(graph, found.left).error,
        "logistic_error": logistic_probe(graph, found.left).error,
        "zero_shot_error": prototypes,
        "near_optimal_bound": checks.loc["sharp-near-optimal-error", "value"],
        "violated": float((~checks["holds"]).sum()),
    }


STUDY = Study(
    question="Do the bounds on the spectral optimum hold for encoders trained with other losses?",
    settings=Settings,
    measure=measure,
    seeds=6,
    small={"steps": 40},
)
