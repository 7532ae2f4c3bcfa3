"""Encoders trained on n pairs of a world, compared with theorem 17 at their excess loss and theorem 28 at n."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.simulations.encoder_training import train
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.pair_sampling import draw_pairs
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.theorem28_training_pairs import Forecast, excess_of_counts
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import optimal_embeddings, spectral_loss

BOUND = "trained-mse"  # theorem 17
Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Settings(WorldShape):
    """A world, its captions, and the training of encoders on pairs drawn from them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : probability that a caption names a wrong class, and that it names a style
    feature_noise : noise of the inputs of linear encoders
    pairs : numbers of pairs drawn
    steps, linear_steps : steps of gradient descent on a free embedding, and of Adam on a linear encoder
    linear_rate : learning rate of Adam
    level : confidence level of theorem 28's forecasts
    """

    k: int = 5
    noise: float = 0.1
    detail: float = 0.0
    feature_noise: float = 0.3
    pairs: tuple[int, ...] = (1_000, 3_000, 10_000, 30_000, 100_000, 10**6, 10**7, 10**8, 10**9)
    steps: int = 1_000
    linear_steps: int = 200
    linear_rate: float = 0.01
    level: float = 0.95


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each number of pairs and encoder.

    Columns: excess_loss and mse of the trained encoder on the whole graph, mse_17 (theorem 17 at that excess),
    excess_28 and mse_28 (forecasts of theorem 28 at n), optimum_mse, and for free embeddings counted_28 (theorem 28 on
    the drawn pairs) and left_over (excess loss on the sample).
    """
    world = settings.world(seed)
    graph = world.caption_graph(settings.noise, settings.detail)
    optimum, forecast = optimal_embeddings(graph, settings.k), Forecast(graph, settings.k, settings.level)
    best = {"optimum_mse": _measured(graph, settings.k, optimum, forecast)["mse"]}
    noise = settings.feature_noise
    features = image_features(world, noise=noise), caption_features(world, graph, noise=noise)
    rows: list[dict[str, float | str]] = []
    for n in settings.pairs:
        forecasts = best | {"n_pairs": n, "excess_28": forecast.excess(n), "mse_28": forecast.mse(n)}
        free, counted = _free(graph, n, settings, seed)
        rows.append({"encoder": "free", **forecasts, **_measured(graph, settings.k, free, forecast), **counted})
        linear = train(
            graph,
            settings.k,
            encoder="linear",
            inputs=features,
            pairs=n,
            optimizer="adam",
            steps=settings.linear_steps,
            learning_rate=settings.linear_rate,
            log_every=settings.linear_steps,
            device="cpu",
            seed=seed,
        )
        trained = _measured(graph, settings.k, (linear.left, linear.right), forecast)
        rows.append({"encoder": "linear", **forecasts, **trained})
    return pd.DataFrame(rows)


def _free(graph: PairGraph, n: int, settings: Settings, seed: int) -> tuple[Pair, dict[str, float]]:
    """An embedding trained on n pairs, 0 for nodes not drawn, and the columns counted_28 and left_over."""
    sample = draw_pairs(graph, n, np.random.default_rng([seed, n]))
    k, steps = settings.k, settings.steps
    result = train(sample.graph, k, steps=steps, log_every=steps, device="cpu", seed=seed)
    counts = np.zeros(graph.shape)
    counts[np.ix_(sample.left, sample.right)] = n * sample.graph.joint.toarray()
    left, right = np.zeros((graph.n_left, k)), np.zeros((graph.n_right, k))
    left[sample.left], right[sample.right] = result.left, result.right
    left_over = float(result.history["excess_loss"].iloc[-1])
    return (left, right), {"counted_28": excess_of_counts(graph, k, counts), "left_over": left_over}


def _measured(graph: PairGraph, k: int, embeddings: Pair, forecast: Forecast) -> dict[str, float]:
    (check,) = check_bounds(graph, k, embeddings, bounds=[BOUND], triplets=forecast.triplets).to_dict("records")
    lowest = spectral_loss(graph, *optimal_embeddings(graph, k))
    return {
        "excess_loss": spectral_loss(graph, *embeddings) - lowest,
        "mse": check["measured"],
        "mse_17": check["value"],
        "violated": float(not check["holds"]),
    }


STUDY = Study(
    question="How tight are theorem 17 at the excess loss and theorem 28 at n, for encoders trained on n pairs?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"pairs": (1_000, 100_000, 100_000_000), "steps": 200, "linear_steps": 100},
)
