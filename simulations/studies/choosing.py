"""Choices by few labels among the pairings of a world: regret, and how often a verdict is wrong."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.consistency import induced_labelling_error, required_labels
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
    world = settings.world(seed)
    graphs = {f"captions, noise {noise:g}": world.caption_graph(noise, 0.3) for noise in settings.noises}
    graphs |= {f"augmentation {strength:g}": world.augmentation_graph(strength) for strength in settings.strengths}
    features = {name: optimal_embeddings(graph, settings.k)[0] for name, graph in graphs.items()}
    captions = next(iter(graphs.values()))
    labels, images = required_labels(captions, "left"), captions.left_ids
    rows: list[dict[str, Any]] = []
    for size in settings.sizes:
        draws = [drawn(len(labels), size, seed, draw) for draw in range(settings.draws)]
        errors = pd.DataFrame(ridge_errors(features, labels, nodes) for nodes in draws).mean()
        alphas = pd.Series({name: induced_labelling_error(graph) for name, graph in graphs.items()})
        for draw, nodes in enumerate(draws):
            known = dict(zip(nodes.tolist(), labels[nodes].tolist(), strict=True))
            named = dict(zip(images[nodes].tolist(), labels[nodes].tolist(), strict=True))
            for kind, table, truth in (
                ("features", choose(features, known, settings.k).table, errors),
                ("pairs", choose(graphs, named, settings.k).table, alphas),
            ):
                rows.append({"kind": kind, "labels": size, "draw": draw, **judged(table, truth)})
    return pd.DataFrame(rows)


def drawn(n: int, size: int, seed: int, draw: int) -> IntArray:
    """Numbers of the labelled images of a draw."""
    return np.random.default_rng([seed, size, draw]).choice(n, size, replace=False)


STUDY = Study(
    question="How good are choices by few labels among the pairings of a world, and how often is a verdict wrong?",
    settings=Settings,
    measure=measure,
    seeds=24,
    small={"noises": (0.1, 0.5), "strengths": (1.0,), "sizes": (100,), "draws": 2},
)
