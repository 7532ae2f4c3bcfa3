"""Free, linear, MLP and convolutional encoders of one world: how near the optimum they come, and whence their error."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.dual_encoder import Inputs
from pairbounds.simulations.encoders import ENCODERS
from pairbounds.simulations.observations import caption_features, image_features, pictures
from pairbounds.simulations.training import Optimisation, train
from pairbounds.simulations.world import LatentWorld, WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import spectrum

BOUND = "sharp-near-optimal-error"


@dataclass(frozen=True)
class Settings(WorldShape, Optimisation):
    """A world, what encoders see of its images, and how they are trained on its captions.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : of the captions
    sample : pairs of the training set that is not all of them
    labelled : images whose labels the probe of few labels has
    features, feature_noise : width of the vectors that MLP and linear encoders see, and their noise
    picture, picture_noise : pixels on a side of what convolutional encoders see, and their noise
    """

    k: int = 8
    noise: float = 0.2
    detail: float = 0.3
    sample: int = 2_000
    labelled: int = 40
    features: int = 32
    feature_noise: float = 0.6
    picture: int = 12
    picture_noise: float = 0.4
    optimizer: str = "adam"
    learning_rate: float | None = 0.005
    steps: int = 300
    log_every: int = 20


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each encoder, training set (all pairs or a sample) and logged step.

    Errors of the probe with all labels and of one with few, judged on the rest; the bound of theorem 7 on the first,
    and how many of all bounds are violated.
    """
    world = settings.world(seed)
    graph = world.caption_graph(settings.noise, settings.detail)
    labelled = np.random.default_rng([seed, 7]).choice(graph.n_left, size=settings.labelled, replace=False)
    optimum = optimal_embeddings(graph, settings.k)[0]
    tables = []
    for encoder, inputs in _inputs(world, graph, settings).items():
        for pairs in (None, settings.sample):
            options = settings.optimisation() | {"encoder": encoder, "inputs": inputs, "pairs": pairs}
            history = _history(graph, settings.k, options, labelled, seed)
            tables.append(history.assign(encoder=encoder, pairs=np.inf if pairs is None else pairs))
    return pd.concat(tables, ignore_index=True).assign(optimum_error=probe(graph, optimum).error)


def _history(graph: PairGraph, k: int, options: dict[str, Any], labelled: IntArray, seed: int) -> pd.DataFrame:
    triplets = spectrum(graph, k + 1)

    def observe(left: FloatArray, right: FloatArray) -> dict[str, float]:
        checks = check_bounds(graph, k, (left, right), triplets=triplets).set_index("bound")
        held_out = probe(graph, left, labelled=labelled).held_out_error
        assert held_out is not None
        return {
            "held_out_error": held_out,
            "bound": float(checks["value"][BOUND]),
            "guess_error": float(checks["guess"][BOUND]),
            "violated": float((~checks["holds"]).sum()),
        }

    return train(graph, k, **options, device="cpu", seed=seed, observe=observe).history


def _inputs(world: LatentWorld, graph: PairGraph, settings: Settings) -> dict[str, Inputs | None]:
    width, noise = settings.features, settings.feature_noise
    captions = caption_features(world, graph, width=width, noise=noise)
    seen: dict[str, Inputs | None] = dict.fromkeys(
        ENCODERS, (image_features(world, width=width, noise=noise), captions)
    )
    drawn = pictures(world, size=settings.picture, noise=settings.picture_noise)
    return seen | {"free": None, "conv": (drawn, captions)}


STUDY = Study(
    question="Which encoders come near the optimum of the theory, and where does their error come from?",
    settings=Settings,
    measure=measure,
    seeds=6,
    small={"steps": 40},
)
