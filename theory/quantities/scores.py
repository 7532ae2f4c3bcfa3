"""Leader of each row of scores, by more than round-off.

Round-off differs between nodes: a factorisation is exact up to a perturbation of the weighted matrix `D^{1/2} f`, so
the features of a node of mass p have errors of `eps / √p`. A light node may tie where heavy ones do not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, column_norms, row_blocks, row_norms

UNITS = 64 * EPS


@dataclass(frozen=True, eq=False)
class Standing:
    """Leaders of the rows of some scores (n, r)."""

    leaders: IntArray  # (n,), the column of the largest score
    leads: FloatArray  # (n,), the difference to the next score; infinite for a single column
    noise: FloatArray  # (n,), bound on the round-off of the lead

    @classmethod
    def of(cls, scores: FloatArray, noise: ArrayLike) -> Self:
        """Standing of scores (n, r), with their noise: one number, or one for each row."""
        leaders = np.argmax(scores, axis=1)
        best = np.take_along_axis(scores, leaders[:, None], axis=1)
        rivals = scores.copy()
        np.put_along_axis(rivals, leaders[:, None], -np.inf, axis=1)
        return cls(leaders, best[:, 0] - rivals.max(axis=1), np.broadcast_to(noise, leaders.shape))

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Standing of all rows, from the standings of consecutive blocks."""
        columns = zip(*((part.leaders, part.leads, part.noise) for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    @cached_property
    def winners(self) -> IntArray:
        """Leader of each row, (n,), or -1 if its lead is within round-off."""
        return np.where(self.leads <= self.noise, -1, self.leaders)

    def error(self, mass: FloatArray, columns: IntArray) -> float:
        """Mass of the rows whose winner is not their own column; ties count as errors."""
        return float(mass @ (self.winners != columns))

    def doubt(self, mass: FloatArray, unit: ArrayLike = 1.0) -> float:
        """Excess of the error over its cost in squared error by near ties, which count as errors.

        The class of such a node may lead by t units, at most twice the noise. Then a node of mass p costs `p (1 - t)²`
        instead of p. A unit is the lead of perfect scores, one number or one for each row; rows of 0 do not count.
        """
        near = self.leads <= self.noise
        units = np.broadcast_to(unit, near.shape)[near]
        return float(mass[near] @ (np.minimum(units, 4 * self.noise[near]) / np.where(units > 0, units, 1.0)))


def strict_standing(scores: FloatArray) -> Standing:
    """Standing of scores (n, r) with a round-off relative to the largest of their row."""
    return Standing.of(scores, round_off(scores.shape[1]) * np.abs(scores).max(axis=1))


def score_noise(features: FloatArray, coefficients: FloatArray, mass: FloatArray) -> FloatArray:
    """Allowance for round-off in each node's scores `f(x)ᵀ B`, (n,).

    If f and B are scaled so that `D^{1/2} f` has unit columns, it is `64 eps max_c ‖B_c‖ (√n ‖f(x)‖ + √k / √p(x))`: B
    has errors of `√n eps`, the features of `eps / √p(x)`. If sums cancel in B, give larger coefficients. From f,
    (n, k), unweighted, B, (k, r), and p, (n,).
    """
    with np.errstate(under="ignore"):
        length = column_lengths(features, mass)
        sizes = row_norms(features / length)
        size = float(np.linalg.norm(coefficients * length[:, None], axis=0).max(initial=0.0))
    return np.asarray(UNITS * size * (np.sqrt(len(mass)) * sizes + np.sqrt(features.shape[1] / mass)))


def column_lengths(features: FloatArray, mass: FloatArray) -> FloatArray:
    """`√E f_j²`, (k,), of each feature; 1 for one that is 0."""
    with np.errstate(under="ignore"):
        return column_norms(features, np.sqrt(mass))


def linear_scores(
    features: FloatArray, coefficients: FloatArray, offsets: FloatArray | float = 0.0
) -> Iterator[tuple[slice, FloatArray]]:
    """`features @ coefficients + offsets`, (n, r), in blocks of rows that fit the cache."""
    for rows in row_blocks(len(features), coefficients.shape[1]):
        yield rows, features[rows] @ coefficients + offsets


def linear_standing(
    features: FloatArray, coefficients: FloatArray, noise: FloatArray, offsets: FloatArray | float = 0.0
) -> Standing:
    """Standing of the scores `features @ coefficients + offsets`, with their noise, (n,)."""
    return Standing.joined(
        Standing.of(scores, noise[rows]) for rows, scores in linear_scores(features, coefficients, offsets)
    )


def log_mean_exp(scores: FloatArray, mass: FloatArray) -> FloatArray:
    """`log Σ_c p_c e^{s_c}` of each row of scores (n, r) under probabilities (r,): (n,).

    Unlike in `scipy.special.logsumexp`, a small mass has no large logarithm with a large round-off.
    """
    top = scores.max(axis=1, keepdims=True)
    with np.errstate(under="ignore"):
        return np.asarray(top[:, 0] + np.log(np.exp(scores - top) @ mass))


def sums_of_others(parts: FloatArray) -> FloatArray:
    """Sums of all parts except each, (n,), without differences, which would cancel for a dominant part."""
    before, after = np.cumsum(parts[:-1]), np.cumsum(parts[:0:-1])[::-1]
    return np.asarray(np.append(0.0, before) + np.append(after, 0.0))


def round_off(n: int) -> float:
    """Allowance for round-off in n sums, relative to their largest."""
    return float(UNITS * np.sqrt(n))
