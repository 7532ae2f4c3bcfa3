"""Leader of each row of scores, by more than round-off; of linear scores some rows are held at a time.

What round-off may do to a score differs from node to node. A factorisation is exact up to a perturbation of its
weighted matrix `D^{1/2} f`, so that the features of a node of mass p are off by `eps / √p`: a light node may tie for no
better reason than that, and must not tie the heavy ones with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray, row_blocks
from pairbounds.infrastructure.bases import column_norms, row_norms

UNITS = 64 * EPS


@dataclass(frozen=True, eq=False)
class Standing:
    """Leaders of the rows of some scores (n, r).

    Attributes
    ----------
    leaders : (n,), the column of the largest score
    leads : (n,), by how much it exceeds the next; infinite where there is no other column
    noise : (n,), by how much round-off may have moved the lead
    """

    leaders: IntArray
    leads: FloatArray
    noise: FloatArray

    @classmethod
    def of(cls, scores: FloatArray, noise: npt.ArrayLike) -> Self:
        """Standing of scores (n, r), with their noise: one number, or one for each row."""
        leaders = np.argmax(scores, axis=1)
        best = np.take_along_axis(scores, leaders[:, None], axis=1)
        others = scores.copy()
        np.put_along_axis(others, leaders[:, None], -np.inf, axis=1)
        return cls(leaders, best[:, 0] - others.max(axis=1), np.broadcast_to(noise, leaders.shape))

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Standing of all rows, from those of blocks of rows, in their order."""
        columns = zip(*((part.leaders, part.leads, part.noise) for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    @cached_property
    def winners(self) -> IntArray:
        """The leader in each row, (n,), or -1 where it does not win by more than round-off."""
        return np.where(self.leads <= self.noise, -1, self.leaders)

    def doubt(self, mass: FloatArray, unit: npt.ArrayLike = 1.0) -> float:
        """Amount by which near ties, counted as errors, may take the error beyond what it costs in squared error.

        A node within its noise of a tie counts as an error. Its own class may truly lead, by t units, which is at most
        twice the noise: then a node of mass p costs `p (1 - t)²` where an error costs p.

        Parameters
        ----------
        mass : (n,), the probability of each node
        unit : the lead that perfect scores have, one number or one for each row; where it is 0, nothing is claimed
        """
        near = self.leads <= self.noise
        units = np.broadcast_to(unit, near.shape)[near]
        return float(mass[near] @ (np.minimum(units, 4 * self.noise[near]) / np.where(units > 0, units, 1.0)))


def strict_standing(scores: FloatArray) -> Standing:
    """The standing in scores (n, r) that are off by the round-off of the largest in their row."""
    return Standing.of(scores, round_off(scores.shape[1]) * np.abs(scores).max(axis=1))


def score_noise(features: FloatArray, coefficients: FloatArray, mass: FloatArray) -> FloatArray:
    """Allowance for round-off in each node's scores `f(x)ᵀ B`, (n,).

    With columns scaled so that `D^{1/2} f` has unit columns, and B inversely, it is
    `64 eps max_c ‖B_c‖ (√n ‖f(x)‖ + √k / √p(x))`: B is off by `√n eps`, the features by `eps / √p(x)`. Of the norms of
    B the caller may know better, where sums cancel in it.

    Parameters
    ----------
    features : (n, k), unweighted
    coefficients : (k, r)
    mass : (n,), positive
    """
    with np.errstate(under="ignore"):
        length = column_lengths(features, mass)
        sizes = np.concatenate([row_norms(features[rows] / length) for rows in row_blocks(*features.shape)])
        size = float(np.linalg.norm(coefficients * length[:, None], axis=0).max(initial=0.0))
    return np.asarray(UNITS * size * (np.sqrt(len(mass)) * sizes + np.sqrt(features.shape[1] / mass)))


def column_lengths(features: FloatArray, mass: FloatArray) -> FloatArray:
    """`√E f_j²`, (k,), of each feature; 1 for one that is 0."""
    with np.errstate(under="ignore"):
        return column_norms(features, np.sqrt(mass))


def linear_scores(
    features: FloatArray, coefficients: FloatArray, offsets: FloatArray | float = 0.0
) -> Iterator[tuple[slice, FloatArray]]:
    """`features @ coefficients + offsets`, (n, r), in blocks of rows that are still in the cache when they are read."""
    for rows in row_blocks(len(features), coefficients.shape[1]):
        yield rows, features[rows] @ coefficients + offsets


def linear_standing(
    features: FloatArray, coefficients: FloatArray, noise: FloatArray, offsets: FloatArray | float = 0.0
) -> Standing:
    """The standing in `features @ coefficients + offsets`, with their noise, (n,)."""
    return Standing.joined(
        Standing.of(scores, noise[rows]) for rows, scores in linear_scores(features, coefficients, offsets)
    )


def log_mean_exp(scores: FloatArray, mass: FloatArray) -> FloatArray:
    """`log Σ_c p_c e^{s_c}` of each row of scores (n, r) under probabilities (r,): (n,).

    By the masses and not their logarithms, as `scipy.special.logsumexp` has it: that of a small mass is large, and so
    is its round-off.
    """
    top = scores.max(axis=1, keepdims=True)
    with np.errstate(under="ignore"):
        return np.asarray(top[:, 0] + np.log(np.exp(scores - top) @ mass))


def sums_of_others(parts: FloatArray) -> FloatArray:
    """The sum of all parts but one, for each, (n,); not by a difference, in which a part that is nearly all cancels."""
    before, after = np.cumsum(parts[:-1]), np.cumsum(parts[:0:-1])[::-1]
    return np.asarray(np.append(0.0, before) + np.append(after, 0.0))


def round_off(n: int) -> float:
    """Allowance for round-off in n sums, relative to their largest."""
    return float(UNITS * np.sqrt(n))
