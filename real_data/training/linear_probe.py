"""The linear classifier on frozen features that an encoder is judged by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.standardised import Features, standardised

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
    """Shares of a classifier that gives the class of each row of features."""
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
    for decay, classifier in _trained(scaled[parts.train], classes[parts.train], int(labels.max()) + 1, seed).items():
        right = (classifier(scaled).argmax(1) == classes).numpy()
        found.append(Judgement(float(right[parts.validation].mean()), float(right[parts.test].mean()), decay))
    return max(found, key=lambda one: one.validation)


def _trained(rows: torch.Tensor, classes: torch.Tensor, count: int, seed: int) -> dict[float, torch.nn.Linear]:
    """The classifier of each weight decay: they see the same batches, and are trained side by side as one."""
    decays = torch.tensor(WEIGHT_DECAYS)
    together, order = torch.nn.Linear(rows.shape[1], len(decays) * count), torch.Generator().manual_seed(seed)
    for weights in together.parameters():
        torch.nn.init.zeros_(weights)
    by_row = decays.repeat_interleave(count)
    optimizer = torch.optim.SGD(together.parameters(), LEARNING_RATE, MOMENTUM)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(rows), generator=order), BATCH):
            scores = together(rows[batch]).reshape(-1, count)
            # A mean for each decay, so that the gradient of each is its own.
            loss = cross_entropy(scores, classes[batch].repeat_interleave(len(decays))) * len(decays)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            for weights in together.parameters():
                assert weights.grad is not None
                weights.grad.addcmul_(weights.detach(), by_row.reshape(-1, *[1] * (weights.ndim - 1)))
            optimizer.step()
        schedule.step()
    return {decay: _part(together, slice(at * count, (at + 1) * count)) for at, decay in enumerate(WEIGHT_DECAYS)}


def _part(together: torch.nn.Linear, own: slice) -> torch.nn.Linear:
    part = torch.nn.Linear(together.in_features, own.stop - own.start)
    part.weight.data, part.bias.data = together.weight.data[own], together.bias.data[own]
    return part
