"""Images that train an encoder, those that choose its settings, and those that judge it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.datasets import ImageTextDataset

TRAIN, VALIDATION = 0.6, 0.2  # of the subjects
CHOOSING = 0.05  # of the subjects, where those that judge come apart


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint sets of images, each sorted; two images of one subject are in one set.

    Attributes
    ----------
    train : train the encoder and its linear probe; none of them chooses or judges
    validation : choose settings
    test : judge, once
    """

    train: IntArray
    validation: IntArray
    test: IntArray


def split(subjects: npt.ArrayLike, seed: int, judged: int = 0) -> Split:
    """A random split: 60% of the subjects train, 20% choose, 20% judge.

    `ValueError`: fewer than 5 subjects, or fewer than 20 beside those that judge.

    `judged`: so many images at the end judge, if any; then 5% of the others' subjects choose.
    """
    given = np.asarray(subjects)
    others = len(given) - judged
    names, own = np.unique(given[:others], return_inverse=True)
    least = 20 if judged else 5  # of fewer, no subject would choose
    if len(names) < least:
        raise ValueError(f"{len(names)} subjects: at least {least} are needed to train, choose and judge")
    place = np.random.default_rng([seed, 1]).permutation(len(names))[own] / len(names)
    part = np.digitize(place, [1 - CHOOSING] if judged else [TRAIN, TRAIN + VALIDATION])
    test = np.arange(others, len(given)) if judged else np.flatnonzero(part == 2)
    return Split(np.flatnonzero(part == 0), np.flatnonzero(part == 1), test)


@lru_cache(maxsize=1)
def followed_by(first: ImageTextDataset, judged: ImageTextDataset) -> ImageTextDataset:
    """The images of one data set, then those of another of the same classes, which judge.

    `ValueError`: classes that differ.
    """
    both = {"encoder": first, "judged": judged}
    if first.label_names != judged.label_names:
        names = (", ".join(one.label_names[:3]) for one in both.values())
        raise ValueError(f"classes differ: {' ... and '.join(names)} ...")
    named: dict[str, Any] = {
        name: tuple(f"{part}/{own}" for part, one in both.items() for own in getattr(one, name))
        for name in ("ids", "subjects")
    }
    joined: dict[str, Any] = {
        name: (*getattr(first, name), *getattr(judged, name)) for name in ("files", "digests", "captions", "skipped")
    }
    sets = {name: np.concatenate([labels, judged.label_sets[name]]) for name, labels in first.label_sets.items()}
    return replace(first, **named, **joined, labels=np.concatenate([first.labels, judged.labels]), label_sets=sets)
