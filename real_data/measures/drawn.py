"""Measurements on one draw, a random sample of images: the frontier of each pairing.

A frontier is the consistency of a pairing against its diversity, over all temperatures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.measures.comparison import Draw
from pairbounds.real_data.measures.consistency_frontier import frontiers
from pairbounds.real_data.measures.off_diagonal import chance_agreement
from pairbounds.real_data.measures.protocol import ALL, CONVENTIONS, IMAGE, OTHERS, SUBJECT, Convention, Protocol
from pairbounds.real_data.pairings.image_draws import gather
from pairbounds.real_data.pairings.pairing import Pairing, pairings
from pairbounds.real_data.pairings.sources import Source


@dataclass(frozen=True, eq=False)
class DrawResults:
    """Results of one draw: its frontiers in each convention, and its rows of the table of frontiers."""

    draws: Mapping[Convention, Draw]
    frontier: pd.DataFrame


def measure_draw(source: Source, protocol: Protocol, number: int, images: IntArray, seed: int) -> DrawResults:
    """Measure every pairing on a draw of images, given as its number, the indices of its images, and its seed."""
    inputs = gather(
        source, images, views=protocol.views, strengths=protocol.strengths, anchors=protocol.anchors, seed=seed
    )
    compared = pairings(inputs, np.random.default_rng(seed), protocol.keep)
    draws = _draws(source, images, compared, inputs.labels, f"draw {number}")
    return DrawResults(draws, pd.DataFrame(_frontier_rows(compared, draws)).assign(draw=number))


def _draws(
    source: Source, images: IntArray, compared: Sequence[Pairing], labels: Mapping[str, IntArray], title: str
) -> dict[Convention, Draw]:
    """Frontiers of all pairings, and agreement by chance, in each convention."""
    evaluator = source.evaluator.encode_images(source.dataset.take(images), source.cache)
    evaluators: dict[str, npt.NDArray[Any]] = {**labels, source.evaluator.name: evaluator}
    groups = {IMAGE: np.arange(len(images)), SUBJECT: source.subjects[images]}
    by_pairing = {
        pairing.key: frontiers(pairing, evaluators, groups) for pairing in Bar(compared, desc=title, unit="pairing")
    }
    draws = {}
    for convention in CONVENTIONS:
        excluded, with_own = convention.exclusion, convention.diversity_of == ALL
        counted = {key: replace(result[excluded], with_own=with_own) for key, result in by_pairing.items()}
        chance = {name: chance_agreement(evaluator, groups[excluded]) for name, evaluator in evaluators.items()}
        draws[convention] = Draw(counted, chance, source.subjects[images])
    return draws


def _frontier_rows(compared: Sequence[Pairing], draws: Mapping[Convention, Draw]) -> Iterator[dict[str, object]]:
    """A row for each pairing, excluded pairs, temperature and evaluator.

    `own` is the mean mass of the excluded pairs of an image, `alone` the share of images without other positives.
    """
    for pairing, exclusion in product(compared, (IMAGE, SUBJECT)):
        draw = draws[Convention(exclusion, OTHERS)]
        facts = {"pairing": pairing.key, "family": pairing.family, "exclusion": exclusion, "images": len(draw.subjects)}
        frontier = draw.frontiers[pairing.key]
        for temperature, point in zip(frontier.temperatures, frontier.points, strict=True):
            measured = {
                "temperature": temperature,
                "positives_others": point.effective_positives(),
                "positives_all": point.effective_positives(with_own=True),
                "own": point.own_share.mean(),
                "alone": point.alone,
                "truncated": pairing.similarities.truncated(temperature),
            }
            for evaluator, chance in draw.chance.items():
                judged = {"evaluator": evaluator, "consistency": point.consistency(evaluator), "chance": chance}
                yield facts | measured | judged
