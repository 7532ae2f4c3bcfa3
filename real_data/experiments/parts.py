"""Images of an experiment: those whose pairs train, those that fit the judges, and those that are judged."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.names import find_named
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.image_settings import images_of
from pairbounds.real_data.kinds import KINDS
from pairbounds.real_data.training.view_batches import stored_pictures

SIZE = 48  # pixels of the pictures that views are drawn from
HELD_OUT = {"glyphs": ("DejaVuSansMono-BoldOblique", "DejaVuSerif-BoldItalic")}  # styles of the images that are judged
JUDGED, FITTED = 0.2, 0.4  # of the subjects of a class, and of those that are not judged
LEAST = 4  # subjects of a class: one that judges, one that tunes, and one in each of the other parts
TUNING = -1  # number of the split that settings are chosen on


@dataclass(frozen=True, eq=False)
class Parts:
    """Three disjoint parts of a data set, by index; no subject is in two of them.

    Attributes
    ----------
    dataset : in pictures of `SIZE` pixels
    pictures : (n, 3, SIZE, SIZE), bytes; (n, 1, SIZE, SIZE) if all are grey
    train, fit, judged : images of each part; where styles are held out, those alone are judged, and only then
    """

    dataset: ImageTextDataset
    pictures: torch.Tensor
    train: IntArray
    fit: IntArray
    judged: IntArray


def parted(dataset: ImageTextDataset, number: int) -> dict[str, IntArray]:
    """Images that "train", "fit" and are "judged" in a split by its number, stratified by class.

    All splits judge the same subjects; what is left is divided anew in each. In the split `TUNING` these subjects are
    not there, and others are judged: it is for choosing settings.

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
    """The parts of a data set, as `parted` has them.

    Parameters
    ----------
    root : of the data set's pictures, if it has one
    cache : folder of decoded pictures
    """
    folder = root if find_named("data set", name, KINDS).place else None
    dataset = images_of(name, folder, None, None, SIZE, cache)
    shown = parted(dataset, number)
    pictures = torch.from_numpy(np.array(stored_pictures(dataset, Path(cache))))
    return Parts(dataset, pictures[:, :1] if bool((pictures == pictures[:, :1]).all()) else pictures, **shown)
