"""Resampling on the augmentation graphs of real images: what it does to the bounds, and what to the measured error."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from real_data.pairings.pairing import Pairing
from real_data.pairings.sampling import draw_images, gather
from real_data.pairings.inputs import ENCODER, EXACT, TEXTS, PairingInputs, augmentations
from real_data.pairings.sources import FROZEN, Source
from real_data.measures.frontier import frontiers
from real_data.measures.protocol import IMAGE
from real_data.resampling.graph_protocol import GraphProtocol
from theory import PairGraph
from theory.consistency import class_indicators
from theory.infrastructure.arrays import IntArray
from theory.infrastructure.processes import side_by_side
from theory.resampling import resampling_effects

NO_TEXT, ORACLE, RANDOM = f"no text, by {FROZEN}", "oracle", "random"


def resampling_on_graphs(source: Source, protocol: GraphProtocol, jobs: int = 1) -> pd.DataFrame:
    """Every rule by every guide on the augmentation graphs of every draw, and by every estimator of the pairs.

    The guides: the captions themselves (how far two images share them), the encoder of images and texts that has not
    learned from these images, what is below its heads and has met no text, if it has that; and as controls the labels
    and noise. The classes are those of the first label set.

    Returns
    -------
    DataFrame, as `theory.resampling.resampling_effects` has it, with draw, estimator, images and temperature

    Raises
    ------
    ValueError
        A data set too small for the protocol; a diversity that no temperature reaches.
    """
    chosen = draw_images(source, protocol.images, protocol.draws, np.random.default_rng(protocol.seed))
    source.encoder_without(chosen[0])  # what all draws need is in the cache before they ask for it at once
    with side_by_side(partial(_measure_draw, source, protocol), enumerate(chosen), jobs) as results:
        return pd.concat(tqdm(results, total=len(chosen), desc="draws of images", unit="draw"), ignore_index=True)


def _measure_draw(source: Source, protocol: GraphProtocol, draw: tuple[int, IntArray]) -> pd.DataFrame:
    number, own = draw
    p, seed = protocol, int(np.random.SeedSequence([protocol.seed, number]).generate_state(1)[0])
    # One thread each: draws run side by side, and sums depend on the number of threads.
    with threadpool_limits(limits=1):
        inputs = gather(source, own, views=p.views, strengths=(p.strength,), anchors=1, seed=seed)
        labels = next(iter(inputs.labels.values()))
        guides = _guides(inputs, labels, np.random.default_rng(seed))
        parts = []
        for pairing, temperature, graph in _graphs(inputs, labels, protocol):
            table = resampling_effects(graph, guides, p.k)
            parts.append(table.assign(estimator=pairing.name, temperature=temperature))
    return pd.concat(parts).assign(draw=number, images=len(own))


def _graphs(inputs: PairingInputs, labels: IntArray, protocol: GraphProtocol) -> Iterator[tuple[Pairing, float, PairGraph]]:
    """The graph of views by each estimator but the encoder, which is a guide, at the temperature of the diversity."""
    for pairing in augmentations(inputs, protocol.keep):
        if pairing.name == f"augmentation, by {ENCODER}":
            continue
        frontier = replace(frontiers(pairing, {}, {IMAGE: np.arange(len(labels))})[IMAGE], with_own=True)
        temperature = frontier.temperature_at(protocol.diversity)
        if np.isnan(temperature):
            least, most = frontier.effective_positives.min(), frontier.effective_positives.max()
            raise ValueError(
                f"diversity={protocol.diversity:g}: {pairing.key} has {least:.3g} to {most:.3g} effective positives"
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
