"""The published linear classifier: on the encoder's features of augmented crops, on its device."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.processes import serve_loader
from pairbounds.infrastructure.progress import tqdm
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.pictures import open_picture
from pairbounds.real_data.training.linear_probe import Shares, shares
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.standardised import Features

LEAST_AREA = 0.08  # of a crop


@dataclass(frozen=True)
class CropRecipe:
    """Recipe of the classifier; the defaults are the published code's.

    Attributes
    ----------
    iterations, batch : steps, and crops in each
    learning_rate : of SGD at the first step; it falls linearly to 0
    momentum, weight_decay : of SGD

    Raises
    ------
    ValueError
        A number that is out of range.
    """

    iterations: int = 28_080
    batch: int = 512
    learning_rate: float = 1.6
    momentum: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.batch < 1:
            raise ValueError(f"crop_iterations={self.iterations} and crop_batch={self.batch}: at least 1")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"crop_learning_rate={self.learning_rate} is not a positive number")
        if not 0 <= self.momentum < 1 or not 0 <= self.weight_decay < math.inf:
            raise ValueError(
                f"crop_momentum={self.momentum} and crop_weight_decay={self.weight_decay}: from 0 on, momentum below 1"
            )


def crop_classifier(
    backbone: Backbone,
    features: Features,
    dataset: ImageTextDataset,
    parts: Split,
    recipe: CropRecipe,
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
    `iterations batch` pictures.
    """
    backbone.eval()
    device = next(backbone.parameters()).device
    labels = {name: torch.from_numpy(own).to(device) for name, own in dataset.label_sets.items()}
    classifiers = torch.nn.ModuleDict(
        {name: _zeros(backbone.width, int(own.max()) + 1) for name, own in labels.items()}
    ).to(device)
    sgd = torch.optim.SGD(
        classifiers.parameters(), recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.LinearLR(sgd, 1.0, 0.0, recipe.iterations)
    for images, crops in _batches(dataset, parts.train, recipe, seed, workers):
        with torch.no_grad():
            seen = backbone(crops.to(device, non_blocking=True)).float()
        losses = [cross_entropy(one(seen), labels[name][images.to(device)]) for name, one in classifiers.items()]
        sgd.zero_grad()
        torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        sgd.step()
        schedule.step()
    return {name: _judged(one, features, dataset.label_sets[name], parts) for name, one in classifiers.items()}


def _zeros(width: int, classes: int) -> torch.nn.Linear:
    classifier = torch.nn.Linear(width, classes)
    for weights in classifier.parameters():
        torch.nn.init.zeros_(weights)
    return classifier


def _judged(classifier: torch.nn.Module, features: Features, labels: IntArray, parts: Split) -> Shares:
    weights = next(classifier.parameters())

    def classes(rows: Features) -> IntArray:
        with torch.no_grad():
            found: IntArray = classifier(torch.from_numpy(rows).to(weights)).argmax(1).cpu().numpy()
        return found

    return shares(classes, features, labels, parts)


def _batches(
    dataset: ImageTextDataset, images: IntArray, recipe: CropRecipe, seed: int, workers: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Images and their crops, (b,) and (b, 3, s, s), pass after pass; what is drawn follows from the seed."""
    work = _drawn(images, recipe, np.random.default_rng([seed, 3]))
    loader = DataLoader(_Crops(dataset), batch_sampler=work, num_workers=workers, worker_init_fn=serve_loader)
    yield from tqdm(loader, total=recipe.iterations, desc="classifier on crops", unit="step")


def _drawn(images: IntArray, recipe: CropRecipe, rng: np.random.Generator) -> Iterator[list[tuple[int, int]]]:
    """The batches, of images each with the seed of its crop; they are never all in memory."""
    batch, done = min(recipe.batch, len(images)), 0
    while True:
        order, seeds = rng.permutation(images), rng.integers(2**63, size=len(images))
        for start in range(0, len(images) - batch + 1, batch):
            if done == recipe.iterations:
                return
            part = slice(start, start + batch)
            yield list(zip(order[part].tolist(), seeds[part].tolist(), strict=True))
            done += 1


class _Crops(Dataset[tuple[int, torch.Tensor]]):
    """A crop by its image and its own seed."""

    def __init__(self, dataset: ImageTextDataset) -> None:
        if dataset.size is None:
            raise ValueError(f"{dataset.name}: a network sees images of one size: give the data set one")
        crop = v2.RandomResizedCrop(
            dataset.size, scale=(LEAST_AREA, 1.0), interpolation=v2.InterpolationMode.BICUBIC, antialias=True
        )
        self.dataset, self.transform = dataset, v2.Compose([crop, v2.RandomHorizontalFlip()])

    def __getitem__(self, drawn: tuple[int, int]) -> tuple[int, torch.Tensor]:
        image, own = drawn
        with torch.random.fork_rng(devices=[]):  # torchvision draws from the global generator
            torch.manual_seed(own)
            crop = self.transform(open_picture(self.dataset.files[image], None))
        return image, pil_to_tensor(crop)
