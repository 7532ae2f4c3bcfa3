"""Pair graphs of the arms, which tell beforehand how they should rank."""

import math
from collections.abc import Iterator

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.text_or_teacher.studio import ARMS, SIMCLR, IconStudio, random_rows
from pairbounds.real_data.training.view_batches import stored_pictures
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.resampling.graph_rules import add_new_positive
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
    count = studio.positives  # each with two views, and of the anchor one other view is there
    for arm in ARMS:
        guide = None if arm == SIMCLR else _guide(studio, arm, unit)
        changed = graph if guide is None else add_new_positive(graph, guide, count=count, weight=2 * count)
        yield {"arm": arm, **_quantities(changed), **_told(shown, guide)}


def _guide(studio: IconStudio, arm: str, unit: int) -> FloatArray:
    rows = studio.guide_rows(arm, unit)
    return np.hstack([rows, random_rows(len(rows), np.random.default_rng(unit)).numpy()])


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
