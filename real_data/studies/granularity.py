"""Merges of captions by people or of their images, and uses of keywords: each, one, or all joined.

The study measures bounds and held-out errors. The encoder is linear in frozen features of the images, trained without
these captions. Drawings of one subject are in the same half.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.caption_graphs import caption_graph, image_order
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.encoders.offline import frozen_features
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.sweeps import Study
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import guess_error
from pairbounds.theory.questions.merge_levels import Mask, affordable, halves, held_out, principal_components, trials
from pairbounds.theory.questions.merging import (
    falling_sizes,
    near_duplicates,
    nested_levels,
    of_equal_vectors,
    unit_vectors,
    vectors_of,
)

KEYWORDS = "keywords"  # kind of the rows on uses of keywords
BETWEEN = " | "


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, and the trials on each.

    Attributes
    ----------
    k : width of the encoder
    splits : random splits of the images into a seen and a judged half
    factor : ratio of the numbers of groups of successive levels
    """

    datasets: tuple[str, ...] = ("emoji", "openclipart")
    k: int = 16
    splits: int = 10
    factor: int = 3


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `trials` for every data set, by letters and by meaning of its captions, by images, and by keywords.

    Returns
    -------
    DataFrame with the columns of `trials`, dataset, by (letters, meaning, images or keywords), and guess (error of the
        largest class). The levels of keywords are: each keyword, first keyword, commonest keyword (the keyword of an
        image that most images in training have) and all joined.
    """
    parts = []
    for name, image_set in settings.each().items():
        images = image_set.images()
        words, pixels, meanings = frozen_features(images, Path(settings.cache), settings.device, pixels=images.side)
        table = measured(images, pixels, dict(zip(words, meanings, strict=True)), settings, seed)
        parts.append(table.assign(dataset=name))
    return pd.concat(parts, ignore_index=True)


def measured(
    images: ImageTextDataset, pixels: FloatArray, meaning: dict[str, FloatArray], settings: Settings, seed: int
) -> pd.DataFrame:
    """Rows of one data set, from features of its images, (n, d), and of each caption."""
    graph = caption_graph(images)
    order = image_order(graph, images)
    features, units = pixels[order], np.array(images.subjects)[order]
    duplicates = near_duplicates(graph.right_ids)
    sizes = falling_sizes(int(duplicates.max()) + 1, settings.factor)
    options: dict[str, Any] = {"features": features, "units": units, "splits": settings.splits, "seed": seed}
    parts = []
    similarities = {"letters": None, "meaning": np.array([meaning[text] for text in graph.right_ids])}
    for name, text_features in similarities.items():
        levels = nested_levels(vectors_of(graph.right_ids, text_features, seed), duplicates, sizes, seed=seed)
        parts.append(trials(graph, levels, settings.k, **options).assign(by=name))
    alike = of_equal_vectors(unit_vectors(features))
    sizes = falling_sizes(int(alike.max()) + 1, settings.factor)
    levels = affordable(graph, nested_levels(unit_vectors(features), alike, sizes, seed=seed), seed)
    parts.append(trials(graph, levels, settings.k, merge="images", **options).assign(by="images"))
    labels = graph.left_labels
    assert labels is not None
    rows = []
    for split, in_training in enumerate(halves(labels, settings.splits, seed, units)):
        attributes = principal_components(features, in_training)
        for level, mapping in ways(images, graph, in_training):
            errors = held_out(mapping, in_training, settings.k, attributes, seed=seed)
            rows.append({"split": split, "kind": KEYWORDS, "level": level, **errors, "by": KEYWORDS})
    return pd.concat([*parts, pd.DataFrame(rows)], ignore_index=True).assign(guess=guess_error(graph))


def ways(images: ImageTextDataset, graph: PairGraph, in_training: Mask) -> Iterator[tuple[str, PairGraph]]:
    """Graphs of the images with each keyword, one keyword, and all keywords joined, which theorem 30 compares.

    The graphs with each or one keyword are channels of the joined graph. The commonest keyword is that of the images
    in training.

    `graph`: the caption graph of the images, with each keyword
    """
    uses = np.bincount(graph.joint[in_training].indices, minlength=graph.n_right)
    number = dict(zip(graph.right_ids, uses, strict=True))
    chosen: dict[str, Callable[[tuple[str, ...]], str]] = {
        "first keyword": lambda texts: texts[0],
        "commonest keyword": lambda texts: max(texts, key=lambda text: number[text]),
        "all joined": lambda texts: BETWEEN.join(texts),
    }
    yield "each keyword", graph
    labels = dict(zip(images.ids, np.asarray(images.labels), strict=True))
    for level, choose in chosen.items():
        captions = [choose(texts) for texts in images.captions]
        yield level, PairGraph.from_pairs(list(images.ids), captions, left_labels=labels)


STUDY = Study(
    question="At which similarity should captions be merged, and are keywords better each, one, or all joined?",
    settings=Settings,
    measure=measure,
    small={"datasets": ("emoji",), "splits": 2, "factor": 10},
)
