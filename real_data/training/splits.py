"""Which images train an encoder, which choose its settings, and which judge it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from theory.infrastructure.arrays import IntArray

TRAIN, VALIDATION = 0.6, 0.2  # of the subjects
OVERLAP = (1 - TRAIN - VALIDATION) / TRAIN  # judged for each that trains: what intervals over splits are widened by


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint sets of images, each sorted; two images of one subject are in one set.

    Attributes
    ----------
    train : train the encoder and the linear probe
    validation : choose settings
    test : judge, once
    """

    train: IntArray
    validation: IntArray
    test: IntArray


def split(subjects: npt.ArrayLike, seed: int) -> Split:
    """A random split: 60% of the subjects train, 20% choose, 20% judge.

    Raises
    ------
    ValueError
        Fewer than 5 subjects.
    """
    names, own = np.unique(np.asarray(subjects), return_inverse=True)
    if len(names) < 5:
        raise ValueError(f"{len(names)} subjects: at least 5 are needed to train, choose and judge")
    place = np.random.default_rng([seed, 1]).permutation(len(names))[own] / len(names)
    ends = np.digitize(place, [TRAIN, TRAIN + VALIDATION])
    return Split(*(np.flatnonzero(ends == part) for part in range(3)))
