"""Guides of chosen consistency: groups of four images, with equal spectra and numbers of partners."""

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray

SIZE = 4  # images of a group, of four subjects
SHARES = (0.0, 1 / 6, 1 / 2, 1.0)  # share of pairs of one class, if 0 to 3 images have the class of the first image


def grouped(
    classes: IntArray, subjects: IntArray, share: float, rng: np.random.Generator, alike: FloatArray | None = None
) -> sp.csr_array:
    """Images and the group of each, (n, n / 4), with about the given share of pairs of one class in the groups.

    Every group has one of the two compositions next to the share. Singular values depend only on the sizes of groups,
    so they are the same for every share.

    Parameters
    ----------
    classes, subjects : (n,)
    share : in [0, 1]
        Classes of fewer than four subjects, and the last remaining images, can make it lower.
    alike : (n, n), optional
        Similarities, by which the images most similar to the first join a group; by default random images join.
    """
    usual_mates = float(np.interp(share, SHARES, np.arange(SIZE)))
    free, groups = rng.permutation(len(classes)), np.full(len(classes), -1)
    for number in range(len(classes) // SIZE):
        mates = int(usual_mates) + int(rng.random() < usual_mates % 1)
        members = [int(free[0])]
        free = free[1:]
        while len(members) < SIZE:
            members.append(_next(members, free, mates, classes, subjects, alike))
            free = free[free != members[-1]]
        groups[members] = number
    groups[free] = np.arange(len(free)) + groups.max() + 1
    return sp.csr_array((np.ones(len(groups)), (np.arange(len(groups)), groups)))


def _next(
    members: list[int], free: IntArray, mates: int, classes: IntArray, subjects: IntArray, alike: FloatArray | None
) -> int:
    """The next member: of the first member's class up to `mates` members, then of a new class."""
    new = ~np.isin(subjects[free], subjects[members])
    same = classes[free] == classes[members[0]] if len(members) <= mates else ~np.isin(classes[free], classes[members])
    fitting = free[new & same]
    if not fitting.size:
        fitting = free[new] if new.any() else free
    return int(fitting[0] if alike is None else fitting[alike[members[0], fitting].argmax()])
