"""The published linear classifier: on the encoder's features of augmented crops, on its device."""

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.pairings.views import LEAST_AREA, Reach
from pairbounds.real_data.training.linear_probe import Features, Shares, shares, zero_classifier
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.recipe import Evaluation
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.views import drawn_views

CROPPED = Reach(LEAST_AREA, colour=0, hue=0, blur=(0, 0), jittered=0, grey=0, blurred=0)  # and flipped


def crop_classifier(
    backbone: Backbone,
    features: Features,
    dataset: ImageTextDataset,
    parts: Split,
    evaluation: Evaluation,
    seed: int,
    workers: int = 0,
) -> dict[str, Shares]:
    """Shares of images, by label set, whose class a linear classifier finds.

    It learns by SGD and cross-entropy from random crops of the training pictures, flipped at random, as their files
    have them; it judges whole images. The encoder does not learn. The classifiers of all label sets see the same crops.

    Parameters
    ----------
    features : (n, width), of the whole images
    seed : of the order and the crops
    workers : processes that crop pictures

    Raises
    ------
    ValueError
        Images without a common size.

    Notes
    -----
    Source: Chen, Kornblith, Norouzi and Hinton 2020; the numbers, the zeros to start from and the linear fall are those
    of the code of Zhang, Wang and Wang 2023, which judges the middle of each picture at 7/8. Cost: the encoder's on
    `crop_iterations crop_batch` pictures.
    """
    backbone.eval()
    device = next(backbone.parameters()).device
    labels = {name: torch.from_numpy(own).to(device) for name, own in dataset.label_sets.items()}
    classifiers = {name: zero_classifier(backbone.width, int(own.max()) + 1).to(device) for name, own in labels.items()}
    sgd = torch.optim.SGD(
        [weights for one in classifiers.values() for weights in one.parameters()],
        evaluation.crop_learning_rate,
        evaluation.crop_momentum,
        weight_decay=evaluation.crop_weight_decay,
    )
    schedule = torch.optim.lr_scheduler.LinearLR(sgd, 1.0, 0.0, evaluation.crop_iterations)
    batches = list(_batches(parts.train, evaluation, np.random.default_rng([seed, 3])))
    crops = drawn_views(dataset, CROPPED, batches, workers, str(device))
    for (images, _), pictures in zip(Bar(batches, desc="classifier on crops", unit="step"), crops, strict=True):
        with torch.no_grad():
            seen = backbone(pictures).float()
        losses = [cross_entropy(one(seen), labels[name][images]) for name, one in classifiers.items()]
        sgd.zero_grad()
        torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        sgd.step()
        schedule.step()

    return {name: _judged(one, features, dataset.label_sets[name], parts) for name, one in classifiers.items()}


def _judged(classifier: torch.nn.Linear, features: Features, labels: IntArray, parts: Split) -> Shares:
    def classes(rows: Features) -> IntArray:
        with torch.no_grad():
            found: IntArray = classifier(torch.from_numpy(rows).to(classifier.weight)).argmax(1).cpu().numpy()
        return found

    return shares(classes, features, labels, parts)


def _batches(images: IntArray, evaluation: Evaluation, rng: np.random.Generator) -> Iterator[tuple[IntArray, IntArray]]:
    """The images of each step and the seeds of their crops, pass after pass."""
    batch, left = min(evaluation.crop_batch, len(images)), evaluation.crop_iterations
    while left:
        order = rng.permutation(images)[: len(images) // batch * batch].reshape(-1, batch)[:left]
        yield from ((own, rng.integers(2**63, size=(batch, 1))) for own in order)
        left -= len(order)
