"""A free embedding trained on the population loss, step by step."""

from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from simulations.studies.study import Study
from simulations.training import train
from simulations.world import LatentWorld
from theory import optimal_embeddings, probe

WORLD = LatentWorld()
WIDTH = 8
GRAPHS = {"caption": {"noise": 0.05, "detail": 0.3}, "augmentation": {"strength": 1.5}}
TRAINING: dict[str, Any] = {"steps": 2_000, "learning_rate": 0.1, "momentum": 0.9, "log_every": 10}
SETTINGS: dict[str, object] = {
    "world": {name: value for name, value in asdict(WORLD).items() if name != "seed"},
    "k": WIDTH,
    "graphs": GRAPHS,
    "training": TRAINING,
}


def measure(seed: int) -> pd.DataFrame:
    """The history of a free embedding trained on the caption graph, and of one on the augmentation graph."""
    world = replace(WORLD, seed=seed)
    graphs = {
        "caption": world.caption_graph(**GRAPHS["caption"]),
        "augmentation": world.augmentation_graph(**GRAPHS["augmentation"]),
    }
    histories = []
    for name, graph in graphs.items():
        history = train(graph, WIDTH, **TRAINING, device="cpu", seed=seed).history
        history.insert(0, "pairs", name)
        history["optimum_error"] = probe(graph, optimal_embeddings(graph, WIDTH)[0]).error
        histories.append(history)
    return pd.concat(histories, ignore_index=True)


STUDY = Study(
    name="training",
    question="Does gradient descent on the population loss find the optimum of the theory?",
    settings=SETTINGS,
    measure=measure,
    seeds=10,
)
