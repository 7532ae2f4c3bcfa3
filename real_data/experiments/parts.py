"""Parts of the images of an experiment: for training, for fitting the judges, and for evaluation."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.image_settings import images_of
from pairbounds.real_data.kinds import KINDS
from pairbounds.real_data.training.view_batches import stored_pictures

SIZE = 48  # pixels along a side of the source pictures of views
HELD_OUT = {"glyphs": ("DejaVuSansMono-BoldOblique", "DejaVuSerif-BoldItalic")}  # held-out styles
JUDGED, FITTED = 0.2, 0.4  # share of the subjects of a class that are judged; share of the others for fitting
LEAST = 4  # minimum number of subjects of a class: one for each part, and one for tuning
TUNING = -1  # number of the split for the choice of settings


@dataclass(frozen=True, eq=False)
class Parts:
    """Three disjoint parts of a data set, by index; no subject is in two parts.

    Attributes
    ----------
    dataset : data set in pictures of `SIZE` pixels
    pictures : (n, 3, SIZE, SIZE), bytes; (n, 1, SIZE, SIZE) if all are grey
    train, fit, judged : images of each part; held-out styles appear in `judged` only, which then has no other style
    """

    dataset: ImageTextDataset
    pictures: torch.Tensor
    train: IntArray
    fit: IntArray
    judged: IntArray


def parted(dataset: ImageTextDataset, number: int) -> dict[str, IntArray]:
    """Images of the parts "train", "fit" and "judged" of a numbered split, stratified by class.

    All splits have the same judged subjects, and divide the others at random. The split `TUNING`, for the choice of
    settings, omits these subjects and judges others.

    `ValueError`: an image without a class, or a class of fewer than `LEAST` subjects.
    """
    if not dataset.labelled:
        raise ValueError(f"{dataset.name}: {(dataset.labels < 0).sum()} images have no class: leave them out")
    _, first, subject = np.unique(dataset.subjects, return_index=True, return_inverse=True)
    labels, part = dataset.labels[first], np.full(len(first), "train", dtype=object)
    order, split = np.random.default_rng(0), np.random.default_rng([1, number - TUNING])
    for label in np.unique(labels):
        members = order.permutation(np.flatnonzero(labels == label))
        if len(members) < LEAST:
            raise ValueError(f"class {dataset.label_names[label]!r} has {len(members)} subjects: at least {LEAST}")
        count = max(1, round(JUDGED * len(members)))
        part[members[:count]] = "judged"
        if number == TUNING:
            part[members[:count]], part[members[count : 2 * count]] = "unseen", "judged"
    for label in np.unique(labels):
        members = split.permutation(np.flatnonzero((labels == label) & (part == "train")))
        part[members[: max(1, round(FITTED * len(members)))]] = "fit"
    held_out = np.array([image.partition("/")[0] in HELD_OUT.get(dataset.name, ()) for image in dataset.ids])
    seen = {"train": ~held_out, "fit": ~held_out, "judged": held_out | (not held_out.any())}
    return {name: np.flatnonzero((part[subject] == name) & of_style) for name, of_style in seen.items()}


@lru_cache(maxsize=4)
def parts_of(name: str, number: int, root: str, cache: str) -> Parts:
    """The parts of a data set, by `parted`.

    Parameters
    ----------
    root : root of the data set, if it needs one
    cache : folder of decoded pictures
    """
    require_named("data set", name, KINDS)
    dataset = images_of(name, root, None, None, SIZE, cache)
    shown = parted(dataset, number)
    pictures = torch.from_numpy(np.array(stored_pictures(dataset, Path(cache))))
    return Parts(dataset, pictures[:, :1] if bool((pictures == pictures[:, :1]).all()) else pictures, **shown)
