"""Free, linear, MLP and convolutional encoders of one world: how near the optimum they come, and whence their error."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from simulations.encoders import ENCODERS, Inputs
from simulations.observations import caption_features, image_features, pictures
from simulations.studies.study import Study
from simulations.training import train
from simulations.world import LatentWorld
from theory import PairGraph, check_bounds, optimal_embeddings, probe, spectrum
from theory.infrastructure.arrays import FloatArray, IntArray

WORLD = LatentWorld()
WIDTH = 8
CAPTIONS = {"noise": 0.2, "detail": 0.3}
PAIRS, LABELS = 2_000, 40
FEATURES: dict[str, Any] = {"width": 32, "noise": 0.6}
PICTURES: dict[str, Any] = {"size": 12, "noise": 0.4}
TRAINING: dict[str, Any] = {"optimizer": "adam", "learning_rate": 0.005, "steps": 300, "log_every": 20}
BOUND = "sharp-near-optimal-error"
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "captions": CAPTIONS,
    "pairs": PAIRS,
    "labels": LABELS,
    "features": FEATURES,
    "pictures": PICTURES,
    "training": TRAINING,
    "bound": BOUND,
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each encoder, training set (all pairs or a sample) and logged step.

    Errors of the probe with all labels and of one with few, judged on the rest; the bound of theorem 7 on the first,
    and how many of all bounds are violated.
    """
    world = replace(WORLD, seed=seed)
    graph = world.caption_graph(**CAPTIONS)
    labelled = np.random.default_rng([seed, 7]).choice(graph.n_left, size=LABELS, replace=False)
    optimum = optimal_embeddings(graph, WIDTH)[0]
    tables = []
    for encoder, inputs in _inputs(world, graph).items():
        for pairs in (None, PAIRS):
            history = _history(graph, encoder, inputs, pairs, labelled, seed)
            tables.append(history.assign(encoder=encoder, pairs=np.inf if pairs is None else pairs))
    return pd.concat(tables, ignore_index=True).assign(optimum_error=probe(graph, optimum).error)


def _history(
    graph: PairGraph, encoder: str, inputs: Inputs | None, pairs: int | None, labelled: IntArray, seed: int
) -> pd.DataFrame:
    triplets = spectrum(graph, WIDTH + 1)

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        checks = check_bounds(graph, WIDTH, (left, right), triplets=triplets).set_index("bound")
        held_out = probe(graph, left, labelled=labelled).held_out_error
        assert held_out is not None
        return {
            "held_out_error": held_out,
            "bound": float(checks["value"][BOUND]),
            "guess_error": float(checks["guess"][BOUND]),
            "violated": float((~checks["holds"]).sum()),
        }

    options = TRAINING | {"encoder": encoder, "inputs": inputs, "pairs": pairs}
    return train(graph, WIDTH, **options, device="cpu", seed=seed, observe=observe).history


def _inputs(world: LatentWorld, graph: PairGraph) -> dict[str, Inputs | None]:
    features, captions = image_features(world, **FEATURES), caption_features(world, graph, **FEATURES)
    seen: dict[str, Inputs | None] = dict.fromkeys(ENCODERS, (features, captions))
    return seen | {"free": None, "conv": (pictures(world, **PICTURES), captions)}


STUDY = Study(
    name="architecture",
    question="Which encoders come near the optimum of the theory, and where does their error come from?",
    settings=SETTINGS,
    measure=measure,
    seeds=6,
)
