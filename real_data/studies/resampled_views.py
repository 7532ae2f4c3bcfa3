"""Resampling on the augmentation graphs of real images: its effect on the bounds and on the measured error."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.image_settings import ImageSettings, require_at_least
from pairbounds.real_data.measures.consistency_frontier import frontiers
from pairbounds.real_data.measures.protocol import IMAGE
from pairbounds.real_data.pairings.image_draws import gather, on_draws
from pairbounds.real_data.pairings.pairing import ENCODER, EXACT, TEXTS, Pairing, PairingInputs, augmentations
from pairbounds.real_data.pairings.sources import FROZEN, Source
from pairbounds.sweeps import Study
from pairbounds.theory.graph.classes import class_indicators
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.resampling.effects import resampling_effects

NO_TEXT, ORACLE, RANDOM = f"no text, by {FROZEN}", "oracle", "random"


@dataclass(frozen=True)
class ResampledViewsSettings(ImageSettings):
    """Images, and the graphs of their views.

    `ValueError`: a number that is too small.

    Attributes
    ----------
    total_images, draws : approximate number of images in total, and number of disjoint draws, with a graph each
    views, strength : views of each image, and strength of the augmentations
    keep : number of most similar views kept for each image; all others are true negatives
    diversity : effective number of positives of an image, with itself; it determines the temperature
    k : width of the embedding
    """

    total_images: int = 2_000
    draws: int = 10
    views: int = 2
    strength: float = 1.0
    keep: int = 10
    diversity: float = 10
    k: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        require_at_least(self, total_images=1, draws=1, views=2, keep=1, k=1)
        if not self.diversity > 1:
            raise ValueError(f"diversity={self.diversity} must be above 1: it is an effective number of positives")


def measure(settings: ResampledViewsSettings, seed: int) -> pd.DataFrame:
    """Every rule with every guide on the augmentation graphs of every draw; see `resampling_on_graphs`."""
    return resampling_on_graphs(settings.source(), settings, seed, settings.jobs)


def resampling_on_graphs(source: Source, settings: ResampledViewsSettings, seed: int, jobs: int = 1) -> pd.DataFrame:
    """Every rule with every guide on the augmentation graphs of every draw, for every estimator of the pairs.

    The guides are the captions (similarity by common captions), the held-out encoder of images and texts, and its
    frozen image features without texts, if it has them. Labels and noise are controls. The classes are those of the
    first label set.

    `ValueError`: a data set too small for the settings; a diversity that no temperature reaches.

    Returns
    -------
    DataFrame of `pairbounds.theory.resampling.effects.resampling_effects`, with draw, estimator, images and temperature
    """
    work = partial(_measure_draw, source, settings)
    return pd.concat(on_draws(work, source, settings.total_images, settings.draws, seed, jobs), ignore_index=True)


def _measure_draw(
    source: Source, settings: ResampledViewsSettings, number: int, images: IntArray, seed: int
) -> pd.DataFrame:
    strengths = (settings.strength,)
    inputs = gather(source, images, views=settings.views, strengths=strengths, anchors=1, seed=seed)
    labels = next(iter(inputs.labels.values()))
    guides = _guides(inputs, labels, np.random.default_rng(seed))
    parts = []
    for pairing, temperature, graph in _graphs(inputs, labels, settings):
        table = resampling_effects(graph, guides, settings.k)
        parts.append(table.assign(estimator=pairing.name, temperature=temperature))
    return pd.concat(parts).assign(draw=number, images=len(images))


def _graphs(
    inputs: PairingInputs, labels: IntArray, settings: ResampledViewsSettings
) -> Iterator[tuple[Pairing, float, PairGraph]]:
    """Graph of views by each estimator except the encoder, which is a guide, at the temperature of the diversity."""
    for pairing in augmentations(inputs, settings.keep):
        if pairing.name == f"augmentation, by {ENCODER}":
            continue
        frontier = replace(frontiers(pairing, {}, {IMAGE: np.arange(len(labels))})[IMAGE], with_own=True)
        temperature = frontier.temperature_at(settings.diversity)
        if np.isnan(temperature):
            low, high = frontier.effective_positives.min(), frontier.effective_positives.max()
            raise ValueError(
                f"diversity={settings.diversity:g} is out of reach: {pairing.key} has {low:.3g} to {high:.3g}"
            )
        yield pairing, temperature, pairing.graph(temperature, labels)


def _guides(inputs: PairingInputs, labels: IntArray, rng: np.random.Generator) -> dict[str, Any]:
    no_text = {NO_TEXT: inputs.images[FROZEN]} if FROZEN in inputs.images else {}
    return {
        EXACT: inputs.captions.toarray(),
        TEXTS: inputs.images[ENCODER],
        **no_text,
        ORACLE: class_indicators(labels).toarray(),
        RANDOM: rng.standard_normal((len(labels), inputs.images[ENCODER].shape[1])),
    }


STUDY = Study(
    question="Does the change of the bound predict the change of the error, on graphs of views of real images?",
    settings=ResampledViewsSettings,
    measure=measure,
    small={"total_images": 200, "draws": 2},
)
