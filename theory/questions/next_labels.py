"""Images to label next: drawn with probabilities that grow with the disagreement of candidates."""

from collections.abc import Iterable

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray

UNIFORM = 0.5  # share of the draws that regards no score: no weight is over twice that of a random draw
ROUND_OFF = 1e-12  # of a variance, relative to the mean square


def disagreement(votes: Iterable[FloatArray]) -> FloatArray:
    """Standard deviation of the votes of candidates on each image, (n,), from (n, r) for each candidate.

    The best probabilities to compare losses by grow as such a root (Sawade, Landwehr and Scheffer 2012).
    """
    total, squares, count = np.zeros(()), np.zeros(()), 0
    for rows in votes:
        total, squares, count = total + rows, squares + rows**2, count + 1
    mean_squares = squares / count
    variances = mean_squares - (total / count) ** 2
    return np.asarray(np.sqrt(np.sum(np.where(variances > ROUND_OFF * mean_squares, variances, 0), axis=1)))


def inclusion_probabilities(scores: FloatArray, count: int) -> FloatArray:
    """Probability of each image to be among `count`, (n,): half equal and half by the scores, and at most 1."""
    mixed = np.full(len(scores), 1 / len(scores))
    if scores.any():
        mixed = UNIFORM * mixed + (1 - UNIFORM) * scores / scores.sum()
    chances, certain = count * mixed, np.zeros(len(scores), dtype=bool)
    while np.any(chances > 1):
        certain |= chances >= 1
        rest = mixed[~certain].sum()
        chances = np.where(certain, 1.0, mixed * (count - certain.sum()) / rest if rest else 1.0)
    return chances


def drawn_next(chances: FloatArray, rng: np.random.Generator) -> IntArray:
    """Numbers of different images, each drawn with exactly its probability: systematic sampling (Madow 1949)."""
    order = rng.permutation(len(chances))
    ends = np.cumsum(chances[order])
    ends[-1] = round(ends[-1])
    steps = rng.random() + np.arange(ends[-1])
    return np.sort(order[np.searchsorted(ends, steps, side="right")])
