"""Evaluation of an encoder: by a linear classifier, by nearest neighbours, and by texts, where it learned from any."""

import math
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import open_clip
import torch
from sklearn.neighbors import KNeighborsClassifier

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.training.linear_probe import Features, Shares, linear_probe, shares
from pairbounds.real_data.training.objectives.objective import TextObjective
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.trainer import Trained

NONE = Shares(math.nan, math.nan)


def judgements(
    trained: Trained,
    features: Features,
    dataset: ImageTextDataset,
    parts: Split,
    neighbours: int,
    seed: int,
) -> Iterator[dict[str, object]]:
    """Shares of images, by label set, whose class is found, on the images that choose and on those that judge.

    Parameters
    ----------
    features : (n, width), of the data set's images
    neighbours : of an image, whose most frequent class it gets
    seed : of the order in which the classifier sees images

    Yields
    ------
    dict, with labels; validation, test and probe_weight_decay of the linear probe; knn_*; and zero_shot_*, NaN where
    there is none.
    """
    for name, labels in dataset.label_sets.items():
        probe, weight_decay = linear_probe(features, labels, parts, seed)
        found = asdict(probe) | {"probe_weight_decay": weight_decay}
        for way, one in (
            ("knn", nearest_neighbours(features, labels, parts, neighbours)),
            ("zero_shot", zero_shot(trained, features, dataset, labels, parts)),
        ):
            found |= {f"{way}_validation": one.validation, f"{way}_test": one.test}
        yield {"labels": name, **found}


def nearest_neighbours(features: Features, labels: IntArray, parts: Split, neighbours: int) -> Shares:
    """Shares by the most frequent class of the nearest training images, by cosine; of as frequent ones the first.

    Notes
    -----
    Cost: O(n_judged n_train width).
    """
    rows = unit_rows(np.where(features.any(axis=1, keepdims=True), features, 1.0))
    # By distances of unit rows, which scikit-learn has in blocks: the order is that of cosines.
    classifier = KNeighborsClassifier(min(neighbours, len(parts.train)), algorithm="brute")
    classifier.fit(rows[parts.train], labels[parts.train])
    return shares(classifier.predict, rows, labels, parts)


def zero_shot(
    trained: Trained, features: Features, dataset: ImageTextDataset, labels: IntArray, parts: Split
) -> Shares:
    """Shares by the class whose name is nearest, of an encoder that learned from captions; NaN for others.

    A class is the mean of its name in open_clip's simple templates. Only the data set's own labels have names.
    """
    objective = trained.objective
    if not isinstance(objective, TextObjective) or not np.array_equal(labels, dataset.labels):
        return NONE
    objective.eval()
    with torch.no_grad():
        prototypes = [
            objective.texts([template(name) for template in open_clip.SIMPLE_IMAGENET_TEMPLATES]).mean(0)
            for name in dataset.label_names
        ]
        stacked = torch.nn.functional.normalize(torch.stack(prototypes))
        rows = objective.images(torch.from_numpy(features).to(stacked)) @ stacked.T
    return shares(lambda found: found.argmax(1), rows.cpu().numpy(), labels, parts)
