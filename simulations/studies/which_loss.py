"""Encoders trained with five losses on one world's captions, against the bounds on the spectral optimum."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from simulations.losses import LOSSES
from simulations.studies.study import Study
from simulations.training import train
from simulations.world import LatentWorld
from theory import PairGraph, Spectrum, check_bounds, probe, spectrum, zero_shot_error
from theory.factorisation import best_partner
from theory.logistic import logistic_probe

WORLD = LatentWorld()
WIDTH = 8
DETAIL = 0.3
NOISES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
TRAINING: dict[str, Any] = {"optimizer": "adam", "learning_rate": 0.02, "steps": 400, "log_every": 400}
BOUNDS = {"probe-error": "bound", "sharp-probe-error": "sharp_bound", "zero-shot": "zero_shot_bound"}
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "detail": DETAIL,
    "noises": NOISES,
    "losses": list(LOSSES),
    "training": TRAINING,
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each noise and loss: errors of the trained encoder, and the bounds on the spectral optimum."""
    world, rows = replace(WORLD, seed=seed), []
    for noise in NOISES:
        graph = world.caption_graph(noise, DETAIL)
        triplets = spectrum(graph, WIDTH + 1)
        checks = check_bounds(graph, WIDTH, triplets=triplets).set_index("bound")
        about = {"noise": noise} | {column: checks.loc[name, "value"] for name, column in BOUNDS.items()}
        about["optimum_error"] = checks.loc["probe-error", "measured"]
        about["guess_error"] = checks.loc["probe-error", "guess"]
        rows += [about | {"loss": loss} | _trained(graph, triplets, loss, seed) for loss in LOSSES]
    return pd.DataFrame(rows)


def _trained(graph: PairGraph, triplets: Spectrum, loss: str, seed: int) -> dict[str, float]:
    found = train(graph, WIDTH, loss=loss, **TRAINING, device="cpu", seed=seed)
    pair = found.left, best_partner(graph, found.left)
    checks = check_bounds(graph, WIDTH, pair, triplets=triplets).set_index("bound")
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
    name="which_loss",
    question="Do the bounds on the spectral optimum hold for encoders trained with other losses?",
    settings=SETTINGS,
    measure=measure,
    seeds=6,
)
