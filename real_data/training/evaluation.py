"""Evaluation of an encoder: by a linear classifier and by nearest neighbours."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.training.splits import Split

EPOCHS, BATCH, LEARNING_RATE, MOMENTUM = 100, 256, 0.1, 0.9
WEIGHT_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)

Features = FloatArray | npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shares:
    """Accuracies on the validation and the test images."""

    validation: float
    test: float


def shares(classes: Callable[[Features], Any], features: Features, labels: IntArray, parts: Split) -> Shares:
    """Accuracies of a classifier, a function from rows of features to classes."""
    images = parts.validation, parts.test
    return Shares(*(float(np.mean(np.asarray(classes(features[part])) == labels[part])) for part in images))


def judgements(
    features: Features, dataset: ImageTextDataset, parts: Split, neighbours: int, seed: int
) -> Iterator[dict[str, object]]:
    """Validation and test accuracies for each label set, from the features of the images, (n, width).

    Yields a dict with labels; validation, test and probe_weight_decay of the linear probe; and knn_*.
    """
    for name, labels in dataset.label_sets.items():
        probe, weight_decay = linear_probe(features, labels, parts, seed)
        knn = asdict(nearest_neighbours(features, labels, parts, neighbours))
        yield {
            "labels": name,
            **asdict(probe),
            "probe_weight_decay": weight_decay,
            **{f"knn_{part}": share for part, share in knn.items()},
        }


def nearest_neighbours(features: Features, labels: IntArray, parts: Split, neighbours: int) -> Shares:
    """Accuracies of the most frequent class of the nearest training images, by cosine; ties go to the first class.

    Cost: O(n_judged n_train width).
    """
    rows = unit_rows(np.where(features.any(axis=1, keepdims=True), features, 1.0))
    # Distances of unit rows have the order of cosines, and scikit-learn computes them in blocks.
    classifier = KNeighborsClassifier(min(neighbours, len(parts.train)), algorithm="brute")
    classifier.fit(rows[parts.train], labels[parts.train])
    return shares(classifier.predict, rows, labels, parts)


def linear_probe(features: Features, labels: IntArray, parts: Split, seed: int) -> tuple[Shares, float]:
    """Train a linear probe, choose its weight decay on the validation images, and evaluate it on the test images.

    Cross-entropy by SGD with momentum and a cosine schedule, on features, (n, width), standardised by the training
    images. Returns the accuracies, and the best weight decay on the validation images.

    `ValueError`: features that are not finite. Cost: O(epochs n width classes) for each weight decay.
    """
    scaled, classes = standardised(features, parts.train), torch.from_numpy(labels)
    classifiers = [torch.nn.Linear(features.shape[1], int(labels.max()) + 1) for _ in WEIGHT_DECAYS]
    for weights in torch.nn.ModuleList(classifiers).parameters():
        torch.nn.init.zeros_(weights)
    _train(classifiers, scaled[parts.train], classes[parts.train], seed)
    answers = [classifier(scaled).argmax(1).numpy() for classifier in classifiers]
    judged = [
        (shares(np.asarray, answer, labels, parts), decay) for answer, decay in zip(answers, WEIGHT_DECAYS, strict=True)
    ]
    return max(judged, key=lambda judgement: judgement[0].validation)


def standardised(features: Features, train: IntArray) -> torch.Tensor:
    """Features standardised by the training rows, (n, width), float32; 0 where the training rows are constant.

    `ValueError`: features that are not finite.
    """
    rows = torch.from_numpy(features).float()
    if not torch.isfinite(rows).all():
        raise ValueError("features are not finite: the encoder has diverged, lower the learning rate")
    deviation, mean = torch.std_mean(rows[train], dim=0, correction=0)
    return (rows - mean).div_(deviation.where(deviation > 0, torch.inf))


def _train(classifiers: list[torch.nn.Linear], rows: torch.Tensor, classes: torch.Tensor, seed: int) -> None:
    """Train a classifier with each weight decay, on the same batches."""
    order = torch.Generator().manual_seed(seed)
    groups = [
        {"params": classifier.parameters(), "weight_decay": decay}
        for classifier, decay in zip(classifiers, WEIGHT_DECAYS, strict=True)
    ]
    optimizer = torch.optim.SGD(groups, LEARNING_RATE, MOMENTUM)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(rows), generator=order), BATCH):
            losses = [cross_entropy(classifier(rows[batch]), classes[batch]) for classifier in classifiers]
            optimizer.zero_grad()
            torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
        schedule.step()
