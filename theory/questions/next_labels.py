"""Sampling of images to label next, with probabilities that grow with the disagreement of candidates."""

from collections.abc import Iterable

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray

UNIFORM = 0.5  # uniform share of the probabilities: no weight exceeds twice that of a uniform draw
ROUND_OFF = 1e-12  # relative round-off of a variance


def disagreement(votes: Iterable[FloatArray]) -> FloatArray:
    """Standard deviation over candidates of the votes on each image, (n,); each candidate votes with an (n, r) array.

    Optimal probabilities for comparing losses have this form (Sawade, Landwehr and Scheffer 2012).
    """
    total, squares, count = np.zeros(()), np.zeros(()), 0
    for rows in votes:
        total, squares, count = total + rows, squares + rows**2, count + 1
    mean_squares = squares / count
    variances = mean_squares - (total / count) ** 2
    return np.asarray(np.sqrt(np.sum(np.where(variances > ROUND_OFF * mean_squares, variances, 0), axis=1)))


def inclusion_probabilities(scores: FloatArray, count: int) -> FloatArray:
    """Inclusion probabilities, (n,), for `count` images: half uniform, half proportional to scores, at most 1."""
    mixed = np.full(len(scores), 1 / len(scores))
    if scores.any():
        mixed = UNIFORM * mixed + (1 - UNIFORM) * scores / scores.sum()
    chances, certain = count * mixed, np.zeros(len(scores), dtype=bool)
    while np.any(chances > 1):
        certain |= chances >= 1
        remainder = mixed[~certain].sum()
        chances = np.where(certain, 1.0, mixed * (count - certain.sum()) / remainder if remainder else 1.0)
    return chances


def drawn_next(chances: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw distinct images with exactly these inclusion probabilities: systematic sampling (Madow 1949)."""
    order = rng.permutation(len(chances))
    ends = np.cumsum(chances[order])
    ends[-1] = round(ends[-1])
    steps = rng.random() + np.arange(ends[-1])
    return np.sort(order[np.searchsorted(ends, steps, side="right")])
