"""Confusion of views of one sample with views of others."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import row_blocks
from pairbounds.theory.quantities.metrics.hypersphere import on_sphere

BLOCK = 4_000_000  # distances held at once


def average_confusion_rate(features: Any, samples: npt.ArrayLike) -> float:
    """ACR: the share of views whose nearest other view, on the unit sphere, is a view of another sample; in [0, 1].

    Parameters
    ----------
    features : (n, k), numpy or torch
        One row for each view; divided by its norm first.
    samples : (n,)
        Which sample each view is a view of: ids of any kind, each at least twice. With classes in their place it is the
        share of views that a nearest neighbour misclassifies.

    Raises
    ------
    HypothesisError
        A row of norm 0.
    ValueError
        Wrong shapes, features that are not finite, a sample with a single view, one sample only.

    Notes
    -----
    A view of another sample that is exactly as near counts as the nearest, as ties are errors everywhere here: an
    embedding that is constant is all confusion. O(n² k) time, in blocks of `BLOCK` distances, as sums of squares, in
    which nothing cancels. Source: Wang et al. 2022.
    """
    from scipy.spatial.distance import cdist  # a tenth of a second to load

    ids = np.asarray(samples)
    if ids.ndim != 1:
        raise ValueError(f"samples has shape {ids.shape}: give one id for each view")
    _, own, views = np.unique(ids, return_inverse=True, return_counts=True)
    if len(views) < 2 or views.min() < 2:
        raise ValueError(
            f"samples names {len(views)} samples, {np.sum(views == 1)} of them with one view: confusion takes two or "
            "more samples, each with two or more views"
        )
    sphere = on_sphere(features, len(ids), "features")
    confused = 0
    for rows in row_blocks(len(ids), len(ids), BLOCK):
        distances = cdist(sphere[rows], sphere, "sqeuclidean")
        same = own[rows, None] == own
        others = np.where(same, np.inf, distances).min(axis=1)
        np.fill_diagonal(distances[:, rows.start :], np.inf)  # a view is no neighbour of itself
        confused += int(np.sum(others <= np.where(same, distances, np.inf).min(axis=1)))
    return confused / len(ids)
