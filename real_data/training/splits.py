"""Images that train an encoder, those that choose its settings, and those that judge it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import IntArray

TRAIN, VALIDATION = 0.6, 0.2  # of the subjects
CHOOSING = 0.05  # of the subjects, where those that judge come apart


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint sets of images, each sorted; two images of one subject are in one set.

    Attributes
    ----------
    train : train the linear probe
    validation : choose settings
    test : judge, once
    others : train the encoder, where those of `train` do not
    """

    train: IntArray
    validation: IntArray
    test: IntArray
    others: IntArray | None = None

    @property
    def encoder(self) -> IntArray:
        """Images that train the encoder: none of them chooses or judges."""
        return self.train if self.others is None else self.others


@dataclass(frozen=True, eq=False)
class Roles:
    """Roles of the images of several data sets in one, by their indices.

    Attributes
    ----------
    encoder : train the encoder
    labelled : train the probe and choose; an image may be among the encoder's too
    judged : judge; `None`: a part of the labelled ones
    classes : (n,), the class of each image that trains the encoder, in its own data set; -1 where it has none
    """

    encoder: IntArray
    labelled: IntArray
    judged: IntArray | None
    classes: IntArray


def split(subjects: npt.ArrayLike, seed: int, roles: Roles | None = None) -> Split:
    """A random split: 60% of the subjects train, 20% choose, 20% judge.

    With `roles` it is the labelled images that are split so; where those that judge come apart, 5% of the others'
    subjects choose. An image that chooses or judges trains no encoder.

    Raises
    ------
    ValueError
        Fewer than 5 subjects.
    """
    names = np.asarray(subjects)
    if roles is None:
        return Split(*_parts(names, seed, [TRAIN, TRAIN + VALIDATION]))
    ends = [TRAIN, TRAIN + VALIDATION] if roles.judged is None else [1 - CHOOSING]
    train, validation, *test = (roles.labelled[part] for part in _parts(names[roles.labelled], seed, ends))
    judged = test[0] if roles.judged is None else roles.judged
    encoder = np.setdiff1d(roles.encoder, np.concatenate([validation, judged]))
    return Split(train, validation, judged, encoder)


def _parts(subjects: npt.NDArray[np.str_], seed: int, ends: list[float]) -> list[IntArray]:
    names, own = np.unique(subjects, return_inverse=True)
    if len(names) < 5:
        raise ValueError(f"{len(names)} subjects: at least 5 are needed to train, choose and judge")
    place = np.random.default_rng([seed, 1]).permutation(len(names))[own] / len(names)
    parts = np.digitize(place, ends)
    return [np.flatnonzero(parts == part) for part in range(len(ends) + 1)]
