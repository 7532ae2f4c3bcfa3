"""Pair graphs of the arms, which tell beforehand how they should rank."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from sklearn.feature_extraction.text import CountVectorizer

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.text_or_teacher.studio import IconStudio
from pairbounds.real_data.training.guides import CAPTIONS, HEADS, LABELS, NO_TEXT, RANDOM, SHUFFLED, TIE_BREAK
from pairbounds.real_data.training.views import stored_pictures
from pairbounds.theory.bounds import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, induced_labelling_error
from pairbounds.theory.resampling.rules import add_new_positive
from pairbounds.theory.spectrum.triplets import spectrum

TEMPERATURE, KEEP = 0.05, 20  # of the graph of icons by what the trunk sees, before a rule adds positives
WIDTH = 64  # of the encoders
FORECASTS = {"theorem_4": "probe-mse", "theorem_15": "multihop-mse"}


def forecasts(studio: IconStudio, unit: int) -> Iterator[dict[str, object]]:
    """Bounds on the graph of each arm, of one training set: the smaller, the better the arm should be.

    The graph joins icons that look alike to the trunk (SimCLR); an arm adds the pairs of its guide (theorem 12).

    Yields
    ------
    dict, with arm, alpha_T, theorem_4 and theorem_15 (on the squared error of a probe on the optimum of width 63); and
    same_class and same_tag, the shares of icons whose nearest one by the guide has their class or shares a tag: what a
    guide knows, whether or not an encoder learns it.
    """
    own = studio.split(unit).train
    shown = studio.icons.shown.take(own)
    seen = studio.teachers.see(stored_pictures(shown, studio.cache))
    keep = min(KEEP, len(own))
    graph = PairGraph.from_features(seen, seen, temperature=TEMPERATURE, top_k=keep, left_labels=shown.labels)
    for arm, guide in _guides(studio, unit, own, seen).items():
        changed = graph if guide is None else add_new_positive(graph, guide)
        yield {"arm": arm, **_quantities(changed), **_told(shown, guide)}


def _guides(studio: IconStudio, unit: int, own: IntArray, seen: torch.Tensor) -> dict[str, FloatArray | None]:
    rng, icons = np.random.default_rng(unit), studio.icons
    noise = rng.standard_normal((len(own), WIDTH))
    unit_noise = TIE_BREAK * unit_rows(noise)
    found: dict[str, FloatArray | None] = {arm: studio.head_rows(arm, unit, seen) for arm in HEADS}
    for arm, captions in ((CAPTIONS, icons.shown.captions), (SHUFFLED, icons.shuffled)):
        counts = CountVectorizer(analyzer=tuple).fit_transform([captions[image] for image in own])
        found[arm] = np.hstack([unit_rows(counts.toarray().astype(float)), unit_noise])
    classes = class_indicators(np.unique(icons.shown.labels[own], return_inverse=True)[1]).toarray()
    found |= {LABELS: np.hstack([classes, unit_noise]), RANDOM: noise, "none": None}
    return found | {NO_TEXT: studio.old_trunk(icons.shown.take(own))}


def _quantities(graph: PairGraph) -> dict[str, float]:
    k = min(WIDTH, *graph.joint.shape) - 1
    found = spectrum(graph, k + 1)
    bounds = {name: float(BOUNDS[bound](graph, found, k)) for name, bound in FORECASTS.items()}
    return {"alpha_T": induced_labelling_error(graph)} | bounds


def _told(shown: ImageTextDataset, guide: FloatArray | None) -> dict[str, float]:
    if guide is None:
        return {"same_class": math.nan, "same_tag": math.nan}
    rows = unit_rows(guide)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -math.inf)
    nearest = cosines.argmax(axis=1)
    shared = [bool({*shown.captions[image]} & {*shown.captions[other]}) for image, other in enumerate(nearest)]
    return {"same_class": float((shown.labels == shown.labels[nearest]).mean()), "same_tag": float(np.mean(shared))}
