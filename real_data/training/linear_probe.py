"""The linear classifier on frozen features that an encoder is judged by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from real_data.training.splits import Split
from real_data.training.standardised import Features, standardised
from theory.infrastructure.arrays import IntArray

EPOCHS, BATCH, LEARNING_RATE, MOMENTUM = 100, 256, 0.1, 0.9
WEIGHT_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)


@dataclass(frozen=True)
class Shares:
    """Shares of images whose class is found: of those that choose, and of those that judge."""

    validation: float
    test: float


@dataclass(frozen=True)
class Judgement(Shares):
    """The shares of a linear classifier, and the weight decay that was best on validation."""

    weight_decay: float


def shares(classes: Callable[[Features], Any], features: Features, labels: IntArray, parts: Split) -> Shares:
    """Of a classifier that gives the class of each row of features."""
    right = [
        float(np.mean(np.asarray(classes(features[own])) == labels[own])) for own in (parts.validation, parts.test)
    ]
    return Shares(*right)


def linear_probe(features: Features, labels: IntArray, parts: Split, seed: int) -> Judgement:
    """Train on one part, choose the weight decay on the second, judge on the third.

    Cross-entropy by SGD with momentum and a cosine schedule, on features that are standardised by the training part.

    Parameters
    ----------
    features : (n, width)
    labels : (n,), from 0 on

    Raises
    ------
    ValueError
        Features that are not finite.

    Notes
    -----
    Cost: O(epochs n width classes) for each weight decay.
    """
    scaled = standardised(features, parts.train)
    classes = torch.from_numpy(labels)
    found = []
    for decay in WEIGHT_DECAYS:
        classifier = _trained(scaled[parts.train], classes[parts.train], int(labels.max()) + 1, decay, seed)
        right = (classifier(scaled).argmax(1) == classes).numpy()
        found.append(Judgement(float(right[parts.validation].mean()), float(right[parts.test].mean()), decay))
    return max(found, key=lambda one: one.validation)


def _trained(rows: torch.Tensor, classes: torch.Tensor, count: int, weight_decay: float, seed: int) -> torch.nn.Linear:
    classifier, order = torch.nn.Linear(rows.shape[1], count), torch.Generator().manual_seed(seed)
    for weights in classifier.parameters():
        torch.nn.init.zeros_(weights)
    optimizer = torch.optim.SGD(classifier.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(rows), generator=order), BATCH):
            loss = cross_entropy(classifier(rows[batch]), classes[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
        schedule.step()
    return classifier
