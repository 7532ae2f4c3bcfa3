"""Everything that is measured on one draw of images."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from real_data.arms.arm import Arm
from real_data.arms.drawing import gather
from real_data.arms.material import PIXELS, Material, arms
from real_data.arms.sources import FROZEN, Source
from real_data.measures.comparison import Draw
from real_data.measures.frontier import frontiers
from real_data.measures.learning import learned
from real_data.measures.off_diagonal import chance_agreement
from real_data.measures.pairs import pictured_positives
from real_data.measures.protocol import ALL, IMAGE, OTHERS, READINGS, SUBJECT, Protocol, Reading
from theory import spectrum
from theory.infrastructure.arrays import IntArray
from theory.metrics import average_confusion_rate

ANCHORS, POSITIVES = 6, 6  # to look at
PICTURED, PICTURED_BY = ("captions", "augmentation"), Reading(IMAGE, ALL)


@dataclass(frozen=True, eq=False)
class Drawn:
    """One draw: its frontiers in each reading, and its rows of the tables."""

    draws: Mapping[Reading, Draw]
    frontier: pd.DataFrame
    learned: pd.DataFrame
    confusion: pd.DataFrame
    pairs: pd.DataFrame


def measure_draw(source: Source, protocol: Protocol, number: int, own: IntArray) -> Drawn:
    """Every arm on the images `own`, the draw of this number."""
    p, seed = protocol, int(np.random.SeedSequence([protocol.seed, number]).generate_state(1)[0])
    rng, subjects = np.random.default_rng(seed), source.subjects[own]
    # One thread each: draws run side by side, and sums depend on the number of threads.
    with threadpool_limits(limits=1):
        material = gather(source, own, views=p.views, strengths=p.strengths, anchors=p.anchors, seed=seed)
        compared = arms(material, rng, p.keep)
        draws = _draws(source, own, compared, material.labels, f"draw {number}")
        labelled = np.isin(subjects, rng.permutation(np.unique(subjects))[::2])
        return Drawn(
            draws,
            pd.DataFrame(_frontier_rows(compared, draws)).assign(draw=number),
            pd.DataFrame(_learned_rows(compared, draws, material.labels, labelled, p)).assign(draw=number),
            pd.DataFrame(_confusion_rows(material)).assign(draw=number),
            _pairs(source, own, compared, draws[PICTURED_BY], p, rng),
        )


def _draws(
    source: Source, own: IntArray, compared: Sequence[Arm], labels: Mapping[str, IntArray], title: str
) -> dict[Reading, Draw]:
    judge = source.judge.encode_images(source.dataset.take(own), source.cache)
    judges: dict[str, npt.NDArray[Any]] = {**labels, source.judge.name: judge}
    groups = {IMAGE: np.arange(len(own)), SUBJECT: source.subjects[own]}
    known = {arm.key: frontiers(arm, judges, groups) for arm in tqdm(compared, desc=title, unit="arm")}
    draws = {}
    for reading in READINGS:
        excluded, with_own = reading.exclusion, reading.diversity_of == ALL
        read = {key: replace(found[excluded], with_own=with_own) for key, found in known.items()}
        chance = {name: chance_agreement(judge, groups[excluded]) for name, judge in judges.items()}
        draws[reading] = Draw(read, chance, source.subjects[own])
    return draws


def _frontier_rows(compared: Sequence[Arm], draws: Mapping[Reading, Draw]) -> Iterator[dict[str, object]]:
    for arm, exclusion in product(compared, (IMAGE, SUBJECT)):
        draw = draws[Reading(exclusion, OTHERS)]
        about = {"arm": arm.key, "family": arm.family, "exclusion": exclusion, "images": len(draw.clusters)}
        frontier = draw.frontiers[arm.key]
        for temperature, point in zip(frontier.temperatures, frontier.points, strict=True):
            measured = {
                "temperature": temperature,
                "positives_others": point.effective_positives(),
                "positives_all": point.effective_positives(with_own=True),
                "own": point.own.mean(),
                "alone": point.alone,
                "truncated": arm.similarities.truncated(temperature),
            }
            for judge, chance in draw.chance.items():
                yield about | measured | {"judge": judge, "consistency": point.consistency(judge), "chance": chance}


def _learned_rows(
    compared: Sequence[Arm],
    draws: Mapping[Reading, Draw],
    labels: Mapping[str, IntArray],
    labelled: npt.NDArray[np.bool_],
    protocol: Protocol,
) -> Iterator[dict[str, object]]:
    for arm, kind, diversity in product(compared, (OTHERS, ALL), protocol.learned_at):
        temperature = draws[Reading(IMAGE, kind)].frontiers[arm.key].temperature_at(diversity)
        if np.isnan(temperature):
            continue
        graphs = {name: arm.graph(temperature, classes) for name, classes in labels.items()}
        any_of_them = next(iter(graphs.values()))  # labels do not change the pairs
        most = min(any_of_them.joint.shape)
        triplets = spectrum(any_of_them, min(max(protocol.widths) + 1, most))
        about = {"arm": arm.key, "family": arm.family, "diversity_of": kind, "diversity": diversity}
        for (name, graph), width in product(graphs.items(), protocol.widths):
            k = min(width, most)
            found = learned(graph, triplets, k, labelled)
            yield about | {"temperature": temperature, "width": width, "k": k, "labels": name} | found


def _confusion_rows(material: Material) -> Iterator[dict[str, object]]:
    """ACR of every eye's views, by the image that each is a view of; and ARC, relative to the frozen features."""
    for strength, views in material.views.items():
        eyes = {eye: features for eye, features in views.items() if eye != PIXELS}
        images = np.repeat(np.arange(len(material.crops)), len(views[PIXELS]) // len(material.crops))
        rates = {eye: average_confusion_rate(features, images) for eye, features in eyes.items()}
        before = rates.get(FROZEN, 1.0)
        for eye, rate in rates.items():
            relative = (1 - rate) / (1 - before) if before < 1 else math.nan
            yield {"strength": strength, "eye": eye, "confusion": rate, "relative_confusion": relative}


def _pairs(
    source: Source, own: IntArray, compared: Sequence[Arm], draw: Draw, protocol: Protocol, rng: np.random.Generator
) -> pd.DataFrame:
    """Positives of an image of each of the largest classes, where arms first are held against their bounds.

    An arm that is more diverse at every temperature is shown at its coldest.
    """
    mine = source.dataset.take(own)
    classes, sizes = np.unique(mine.labels, return_counts=True)
    largest = classes[np.argsort(-sizes, kind="stable")][:ANCHORS]
    anchors = np.array([rng.choice(np.flatnonzero(mine.labels == c)) for c in largest])
    graphs = {}
    for arm in compared:
        if arm.family in PICTURED:
            frontier = draw.frontiers[arm.key]
            temperature = frontier.temperature_at(protocol.learned_at[0])
            graphs[arm.key] = arm.graph(frontier.temperatures[0] if np.isnan(temperature) else temperature)
    return pictured_positives(mine, graphs, anchors, POSITIVES, rng)
