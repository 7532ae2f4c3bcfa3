"""Guides of a known consistency: images in groups of four, whose spectra and numbers of partners are all the same."""

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray

SIZE = 4  # images of a group, of four subjects
SHARES = (0.0, 1 / 6, 1 / 2, 1.0)  # of the pairs of a group that are of one class, where so many more are of its first


def grouped(
    classes: IntArray, subjects: IntArray, share: float, rng: np.random.Generator, alike: FloatArray | None = None
) -> sp.csr_array:
    """Images and the group of each, (n, n / 4), so that about a share of the pairs in a group are of one class.

    Every group has one of two compositions, those between which the share lies. Singular values depend on the sizes of
    groups alone, and are those of any other such grouping.

    Parameters
    ----------
    classes, subjects : (n,)
    share : in [0, 1]
        A class of fewer than four subjects, or the last images that are left, can make it lower.
    alike : (n, n), optional
        Similarities: of the images that could join a group, those most like its first one do; else any
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
    """The next member: of the first one's class until it has so many `mates`, then of a class of its own."""
    new = ~np.isin(subjects[free], subjects[members])
    same = classes[free] == classes[members[0]] if len(members) <= mates else ~np.isin(classes[free], classes[members])
    fitting = free[new & same]
    if not fitting.size:
        fitting = free[new] if new.any() else free
    return int(fitting[0] if alike is None else fitting[alike[members[0], fitting].argmax()])
