"""Splits of images into training, validation and test images."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset

TRAIN, VALIDATION = 0.6, 0.2  # shares of the subjects
CHOOSING = 0.05  # validation share of the subjects, if there is a separate test set


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint sorted sets of images; all images of a subject are in one set."""

    train: IntArray  # for the encoder and its linear probe
    validation: IntArray  # for the choice of settings
    test: IntArray  # for the final evaluation


def split(subjects: npt.ArrayLike, seed: int, judged: int = 0) -> Split:
    """A random split by subject: 60% for training, 20% for validation, 20% for testing.

    `ValueError`: fewer than 5 subjects, or fewer than 20 outside a separate test set.

    `judged`: number of test images at the end, if any; then 5% of the other subjects are for validation.
    """
    all_subjects = np.asarray(subjects)
    n_split = len(all_subjects) - judged
    names, group = np.unique(all_subjects[:n_split], return_inverse=True)
    least = 20 if judged else 5  # with fewer there would be no validation subject
    if len(names) < least:
        raise ValueError(f"{len(names)} subjects: at least {least} are needed to train, validate and test")
    position = np.random.default_rng([seed, 1]).permutation(len(names))[group] / len(names)
    part = np.digitize(position, [1 - CHOOSING] if judged else [TRAIN, TRAIN + VALIDATION])
    test = np.arange(n_split, len(all_subjects)) if judged else np.flatnonzero(part == 2)
    return Split(np.flatnonzero(part == 0), np.flatnonzero(part == 1), test)


@lru_cache(maxsize=1)
def followed_by(first: ImageTextDataset, judged: ImageTextDataset) -> ImageTextDataset:
    """The images of one data set, then those of a test set of the same classes.

    `ValueError`: classes that differ.
    """
    both = {"encoder": first, "judged": judged}
    if first.label_names != judged.label_names:
        names = (", ".join(dataset.label_names[:3]) for dataset in both.values())
        raise ValueError(f"training and test classes differ: {' ... and '.join(names)} ...: use the same classes")
    named: dict[str, Any] = {
        name: tuple(f"{part}/{value}" for part, dataset in both.items() for value in getattr(dataset, name))
        for name in ("ids", "subjects")
    }
    joined: dict[str, Any] = {
        name: (*getattr(first, name), *getattr(judged, name)) for name in ("files", "digests", "captions", "skipped")
    }
    sets = {name: np.concatenate([labels, judged.label_sets[name]]) for name, labels in first.label_sets.items()}
    return replace(first, **named, **joined, labels=np.concatenate([first.labels, judged.labels]), label_sets=sets)
