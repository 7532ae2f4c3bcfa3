"""The linear classifier on frozen features that an encoder is judged by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.training.splits import Split

EPOCHS, BATCH, LEARNING_RATE, MOMENTUM = 100, 256, 0.1, 0.9
WEIGHT_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)

Features = FloatArray | npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shares:
    """Shares of images whose class is found: of those that choose, and of those that judge."""

    validation: float
    test: float


def shares(classes: Callable[[Features], Any], features: Features, labels: IntArray, parts: Split) -> Shares:
    """Shares of a classifier that gives the class of each row of features."""
    right = [
        float(np.mean(np.asarray(classes(features[own])) == labels[own])) for own in (parts.validation, parts.test)
    ]
    return Shares(*right)


def linear_probe(features: Features, labels: IntArray, parts: Split, seed: int) -> tuple[Shares, float]:
    """Train on one part, choose the weight decay on the second, judge on the third.

    Cross-entropy by SGD with momentum and a cosine schedule, on features that are standardised by the training part.

    Parameters
    ----------
    features : (n, width)
    labels : (n,), from 0 on

    Returns
    -------
    The shares, and the weight decay that was best on validation.

    Raises
    ------
    ValueError
        Features that are not finite.

    Notes
    -----
    Cost: O(epochs n width classes) for each weight decay.
    """
    scaled, classes = standardised(features, parts.train), torch.from_numpy(labels)
    classifiers = [zero_classifier(features.shape[1], int(labels.max()) + 1) for _ in WEIGHT_DECAYS]
    _train(classifiers, scaled[parts.train], classes[parts.train], seed)
    found = []
    for decay, classifier in zip(WEIGHT_DECAYS, classifiers, strict=True):
        right = (classifier(scaled).argmax(1) == classes).numpy()
        found.append((Shares(float(right[parts.validation].mean()), float(right[parts.test].mean())), decay))
    return max(found, key=lambda one: one[0].validation)


def standardised(features: Features, train: IntArray) -> torch.Tensor:
    """Features less their mean over the training rows, over their deviation there, (n, width), float32.

    A feature that is constant on the training rows says nothing, and is 0.

    Raises
    ------
    ValueError
        Features that are not finite.
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
