"""Choices by few labels among the pairings of a world: regret, and how often a verdict is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.simulations.world import LatentWorld, WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.questions.choosing import choose
from pairbounds.theory.questions.label_choice import judged, ridge_errors


@dataclass(frozen=True)
class Settings(WorldShape):
    """A world, the pairs among which one chooses, and the labels.

    Attributes
    ----------
    n_positions : of the grid
    k : width of the optima, which are the features
    noises : of captions
    strengths : of augmentations
    sizes : numbers of labelled images
    draws : of labelled images
    """

    n_positions: int = 50
    k: int = 16
    noises: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    strengths: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
    sizes: tuple[int, ...] = (100, 200, 400)
    draws: int = 3


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each kind of candidates, N and draw.

    Columns: kind ("features", judged by the error of ridge with N labels on the other images, mean over draws; or
    "pairs", judged by α_T), labels, draw; regret of the first candidate, and chance (mean regret of all); wrong (the
    best candidate is called worse), covered (all intervals hold), worse (share of the candidates called worse), and
    undecided (share not decided).
    """
    graphs = pairings(settings.world(seed), settings.noises, settings.strengths)
    features = {name: optimal_embeddings(graph, settings.k)[0] for name, graph in graphs.items()}
    captions = next(iter(graphs.values()))
    labels, images = required_labels(captions, "left"), captions.left_ids
    alphas = pd.Series({name: induced_labelling_error(graph) for name, graph in graphs.items()})
    rows: list[dict[str, Any]] = []
    for draw, nodes, errors in label_draws(features, labels, settings.sizes, settings.draws, seed):
        by_index = dict(zip(nodes.tolist(), labels[nodes].tolist(), strict=True))
        by_image = dict(zip(images[nodes].tolist(), labels[nodes].tolist(), strict=True))
        rows.append({"kind": "features", **draw, **judged(choose(features, by_index, settings.k).table, errors)})
        rows.append({"kind": "pairs", **draw, **judged(choose(graphs, by_image, settings.k).table, alphas)})
    return pd.DataFrame(rows)


def pairings(world: LatentWorld, noises: Sequence[float], strengths: Sequence[float]) -> dict[str, PairGraph]:
    """Caption graphs of a world at each noise, and augmentation graphs at each strength, by name."""
    captions = {f"captions, noise {noise:g}": world.caption_graph(noise, 0.3) for noise in noises}
    return captions | {f"augmentation {strength:g}": world.augmentation_graph(strength) for strength in strengths}


def label_draws(
    features: dict[str, FloatArray], labels: IntArray, sizes: Sequence[int], draws: int, seed: int
) -> Iterator[tuple[dict[str, int], IntArray, "pd.Series[float]"]]:
    """For each number of labels and draw: its columns labels and draw, the labelled images, and the errors of ridge.

    The errors are on the other images, for each candidate, the mean over draws.
    """
    for size in sizes:
        generators = [np.random.default_rng([seed, size, draw]) for draw in range(draws)]
        chosen = [rng.choice(len(labels), size, replace=False) for rng in generators]
        errors = pd.DataFrame(ridge_errors(features, labels, nodes) for nodes in chosen).mean()
        for draw, nodes in enumerate(chosen):
            yield {"labels": size, "draw": draw}, nodes, errors


STUDY = Study(
    question="How good are choices by few labels among the pairings of a world, and how often is a verdict wrong?",
    settings=Settings,
    measure=measure,
    seeds=24,
    small={"noises": (0.1, 0.5), "strengths": (1.0,), "sizes": (100,), "draws": 2},
)
