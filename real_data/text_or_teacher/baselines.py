"""Shares of icons found without training: by the style of their set, by pixels, by an untrained network, by tags."""

from collections.abc import Iterator

import numpy as np
import torch
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from torch.nn import BatchNorm2d
from torch.nn.functional import avg_pool2d

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.text_or_teacher.studio import IconStudio
from pairbounds.real_data.training.evaluation import Features
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, untrained
from pairbounds.real_data.training.view_batches import BLOCK, stored_pictures

SIDE, DIRECTIONS = 16, 256  # of small pictures; of tags


def baselines(studio: IconStudio) -> Iterator[dict[str, object]]:
    """Baselines on the test, judged as encoders are.

    Yields
    ------
    dict, with arm, found and knn_found: "style", the most frequent category of the set, which the style of a drawing
    tells; "pixels", 16 x 16 grey ones; "untrained", the network as it begins, but with batch norm by labelled icons;
    "tags", their 256 leading directions
    """
    icons, count = studio.icons, len(studio.icons.shown)
    judges, test = icons.labelled, icons.split(0).test
    guessed = np.zeros(count, dtype=bool)
    for labels in icons.classes.values():
        guessed |= labels == np.bincount(labels[judges][labels[judges] >= 0]).argmax()
    style = float(guessed[test].mean())
    yield {"arm": "style", "found": style, "knn_found": style}
    known: dict[str, Features] = {
        "pixels": _pixels(studio),
        "untrained": _untrained(studio).features(studio.pictures(), count),
        "tags": _tags(studio),
    }
    for name, features in known.items():
        near, right = studio.found(features)
        yield {"arm": name, "found": float(right[test].mean()), "knn_found": float(near[test].mean())}


def _untrained(studio: IconStudio) -> Trained:
    """A network that is only told the scale of its features: training changes that first."""
    network = untrained(Recipe(), seed=0, device=studio.device)
    for module in network.backbone.modules():
        if isinstance(module, BatchNorm2d):
            module.momentum = None  # the mean over all batches
    network.backbone.train()
    device = next(network.backbone.parameters()).device
    shown = stored_pictures(studio.icons.shown.take(studio.icons.labelled), studio.cache)
    with torch.no_grad():
        for start in range(0, len(shown), BLOCK):
            network.backbone(torch.from_numpy(np.array(shown[start : start + BLOCK])).to(device))
    return network


def _pixels(studio: IconStudio) -> FloatArray:
    side = (studio.icons.shown.size or SIDE) // SIDE
    blocks = [avg_pool2d(block.float().mean(dim=1, keepdim=True), side).flatten(1) for block in studio.pictures()]
    return np.vstack([block.numpy() for block in blocks]).astype(float)


def _tags(studio: IconStudio) -> FloatArray:
    counts = CountVectorizer(analyzer=tuple).fit_transform(studio.icons.shown.captions)
    width = min(DIRECTIONS, min(counts.shape) - 1)
    return np.asarray(TruncatedSVD(width, random_state=0).fit_transform(counts.astype(float)))
