"""Errors of the optimum on graphs from features, on a grid of temperatures and numbers of texts and at `auto`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.encoders.offline import train_offline_encoder
from pairbounds.real_data.graphs import TOP_K
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.sweeps import Study
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.neighbours import cosine_spread
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import whitened
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.questions.leave_one_out import leave_one_out


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, synthetic features, and the grid.

    Attributes
    ----------
    spreads : standard deviations of the synthetic features around the direction of their topic
    temperatures, top_ks : the grid
    k : width of the optimum
    """

    datasets: tuple[str, ...] = ("emoji", "openclipart")
    spreads: tuple[float, ...] = (4.0, 8.0)
    temperatures: tuple[float, ...] = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
    top_ks: tuple[int, ...] = (4, 32, 128)
    k: int = 32


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each data set and cell of the grid, and for the automatic choice.

    Columns: dataset, automatic, temperature, top_k, error (leave-one-out error of ridge on the optimum, labels of all
    images), alpha (α_T).
    """
    rows = []
    for name, images, texts, labels in _features(settings, seed):
        grid = [(False, *cell) for cell in product(settings.temperatures, settings.top_ks)]
        for automatic, temperature, top_k in [(True, cosine_spread(images, texts), TOP_K), *grid]:
            graph = PairGraph.from_features(
                images, texts, temperature=temperature, top_k=min(top_k, len(texts)), left_labels=labels
            )
            cell = {"automatic": automatic, "temperature": temperature, "top_k": top_k}
            rows.append({"dataset": name, **cell, **_errors(graph, settings.k)})
    return pd.DataFrame(rows)


def _errors(graph: PairGraph, k: int) -> dict[str, float]:
    optimum = whitened(optimal_embeddings(graph, k)[0])
    wrong = leave_one_out(optimum, required_labels(graph, "left")).wrong
    return {"error": float(wrong.mean()), "alpha": induced_labelling_error(graph)}


def _features(settings: Settings, seed: int) -> Iterator[tuple[str, FloatArray, FloatArray, IntArray]]:
    """Name, features of images (n, d) and of texts, and labels of the images.

    Encoders of data sets are trained on the captions of half of the subjects; features are of the other half.
    """
    for spread in settings.spreads:
        rng = np.random.default_rng([seed, round(10 * spread)])
        topics = np.repeat(np.arange(10), 60)
        directions = rng.standard_normal((10, 512))
        images, texts = (directions[topics] + spread * rng.standard_normal((len(topics), 512)) for _ in range(2))
        yield f"topics, spread {spread:g}", images, texts, topics
    for name, image_set in settings.each().items():
        dataset, cache = image_set.images(), Path(settings.cache)
        subjects, subject_of = np.unique(dataset.subjects, return_inverse=True)
        shown = np.random.default_rng(seed).permutation(len(subjects))[::2]
        hidden = np.flatnonzero(np.isin(subject_of, shown))
        encoder = train_offline_encoder(dataset, hidden, cache, settings.device, pixels=dataset.side)
        words = sorted({text for captions in dataset.captions for text in captions})
        texts = encoder.encode_texts(words, cache)
        of_hidden = {text for image in hidden for text in dataset.captions[image]}
        images = encoder.encode_images(dataset, cache)[hidden]
        yield name, images, texts[[text in of_hidden for text in words]], dataset.labels[hidden]


STUDY = Study(
    question="How much error does the automatic choice of a graph's temperature and number of texts cost?",
    settings=Settings,
    measure=measure,
    seeds=10,
    small={"datasets": ("emoji",), "spreads": (4.0,), "temperatures": (0.02, 0.1), "top_ks": (32,), "k": 10},
)
