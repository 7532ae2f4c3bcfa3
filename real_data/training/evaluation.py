"""Evaluation of an encoder: by a linear classifier, by nearest neighbours, and by texts, where it learned from any."""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import open_clip
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.training.objectives.objective import TextObjective
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.trainer import Trained

EPOCHS, BATCH, LEARNING_RATE, MOMENTUM = 100, 256, 0.1, 0.9
WEIGHT_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)

Features = FloatArray | npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shares:
    """Shares of images whose class is found: of those that choose, and of those that judge."""

    validation: float
    test: float


NONE = Shares(math.nan, math.nan)


def shares(classes: Callable[[Features], Any], features: Features, labels: IntArray, parts: Split) -> Shares:
    """Shares of a classifier that gives the class of each row of features."""
    right = [
        float(np.mean(np.asarray(classes(features[own])) == labels[own])) for own in (parts.validation, parts.test)
    ]
    return Shares(*right)


def judgements(
    trained: Trained, features: Features, dataset: ImageTextDataset, parts: Split, neighbours: int, seed: int
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


def linear_probe(features: Features, labels: IntArray, parts: Split, seed: int) -> tuple[Shares, float]:
    """Train on one part, choose the weight decay on the second, judge on the third.

    Cross-entropy by SGD with momentum and a cosine schedule, on features that are standardised by the training part.

    `ValueError`: features that are not finite.

    Cost: O(epochs n width classes) for each weight decay.

    Parameters
    ----------
    features : (n, width)
    labels : (n,), from 0 on

    Returns
    -------
    The shares, and the weight decay that was best on validation.
    """
    scaled, classes = standardised(features, parts.train), torch.from_numpy(labels)
    classifiers = [zero_classifier(features.shape[1], int(labels.max()) + 1) for _ in WEIGHT_DECAYS]
    _train(classifiers, scaled[parts.train], classes[parts.train], seed)
    answers = [classifier(scaled).argmax(1).numpy() for classifier in classifiers]
    found = [
        (shares(np.asarray, answer, labels, parts), decay) for answer, decay in zip(answers, WEIGHT_DECAYS, strict=True)
    ]
    return max(found, key=lambda one: one[0].validation)


def standardised(features: Features, train: IntArray) -> torch.Tensor:
    """Features less their mean over the training rows, over their deviation there, (n, width), float32.

    A feature that is constant on the training rows says nothing, and is 0.

    `ValueError`: features that are not finite.
    """
    rows = torch.from_numpy(features).float()
    if not torch.isfinite(rows).all():
        raise ValueError("features are not finite: the encoder has diverged")
    deviation, mean = torch.std_mean(rows[train], dim=0, correction=0)
    return (rows - mean).div_(deviation.where(deviation > 0, torch.inf))


def zero_classifier(width: int, classes: int) -> torch.nn.Linear:
    """A linear classifier with zeros to start from."""
    classifier = torch.nn.Linear(width, classes)
    for weights in classifier.parameters():
        torch.nn.init.zeros_(weights)
    return classifier


def _train(classifiers: list[torch.nn.Linear], rows: torch.Tensor, classes: torch.Tensor, seed: int) -> None:
    """Train a classifier with each weight decay; all of them see the same batches."""
    order = torch.Generator().manual_seed(seed)
    groups = [
        {"params": one.parameters(), "weight_decay": decay}
        for one, decay in zip(classifiers, WEIGHT_DECAYS, strict=True)
    ]
    optimizer = torch.optim.SGD(groups, LEARNING_RATE, MOMENTUM)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(rows), generator=order), BATCH):
            losses = [cross_entropy(one(rows[batch]), classes[batch]) for one in classifiers]
            optimizer.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
        schedule.step()
