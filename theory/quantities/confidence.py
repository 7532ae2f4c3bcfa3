"""Confidence intervals of means over seeds and of proportions, and what they can show."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri, stdtrit

from pairbounds.infrastructure.arrays import FloatArray

__all__ = [
    "Interval",
    "detectable",
    "seeds_needed",
    "shared_halves",
    "student_half",
]


def student_half(values: npt.ArrayLike, level: float = 0.95, *, overlap: float = 0.0) -> float:
    """Half the width of Student's interval for the mean of independent values; NaN for fewer than two of them.

    Parameters
    ----------
    overlap : tested items for each item learnt from, where the values are of random splits of one set and so are not
        independent; `1/n` becomes `1/n + overlap` (Nadeau and Bengio, *Inference for the Generalization Error*, 2003)
    """
    found = np.asarray(values, dtype=np.float64)
    if len(found) < 2:
        return math.nan
    quantile = _student(len(found) - 1, (1 + level) / 2)
    return quantile * float(found.std(ddof=1)) * math.sqrt(1 / len(found) + overlap)


class SharedHalves(NamedTuple):
    """Half the intervals of the mean of a column and of a difference of two; and the first one's degrees of freedom."""

    mean: float
    of_two: float
    degrees: float


def shared_halves(values: npt.ArrayLike, level: float = 0.95, *, overlap: float = 0.0) -> SharedHalves:
    """Half the widths of the intervals of the mean of a column, and of the difference of the means of two columns.

    Each row has what its columns have in common: differences to one baseline share its noise, all g of them. The model
    is `x_ij = μ_j + b_i + e_ij`, of a common part and an own one; the own ones have one variance. A column's mean has
    the variance of both parts, and Satterthwaite's degrees of freedom; in a difference of columns the common part
    cancels, and the degrees of freedom are `(n - 1)(g - 1)`.

    Parameters
    ----------
    values : (n, g), with n, g >= 2; a row for each split
    overlap : as `student_half` has it

    Raises
    ------
    ValueError
        Fewer than two rows or columns, or values that are not finite.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 2 or min(found.shape) < 2 or not np.isfinite(found).all():
        raise ValueError(f"values of shape {found.shape}: give two finite rows and columns at least")
    n, g = found.shape
    centred = found - found.mean(axis=0)
    common = g * float(centred.mean(axis=1).var(ddof=1))  # expects g times the variance of b, and that of e
    own_degrees = (n - 1) * (g - 1)
    own = float(((centred - centred.mean(axis=1, keepdims=True)) ** 2).sum()) / own_degrees
    parts = np.array([common / g, own * (1 - 1 / g)])
    total = float(parts.sum())
    if total == 0:
        return SharedHalves(0.0, 0.0, n - 1)
    degrees = total**2 / float((parts**2 / np.array([n - 1, own_degrees])).sum())
    rate, upper = 1 / n + overlap, (1 + level) / 2
    return SharedHalves(
        _student(degrees, upper) * math.sqrt(total * rate),
        _student(own_degrees, upper) * math.sqrt(2 * own * rate),
        degrees,
    )


def detectable(half: float, degrees: float, level: float = 0.95, power: float = 0.8) -> float:
    """The mean whose interval excludes 0 with probability `power`.

    Parameters
    ----------
    half : of an interval by Student's distribution
    degrees : of freedom, of that interval: n - 1 where n values have their own spread
    """
    return half * (1 + _student(degrees, power) / _student(degrees, (1 + level) / 2))


def seeds_needed(
    half: float, n: int, difference: float, *, overlap: float = 0.0, level: float = 0.95, power: float = 0.8
) -> float:
    """Number of values needed to show a mean with probability `power`; infinite where no number does.

    Parameters
    ----------
    half : half of Student's interval of the mean of n values, as `student_half` has it with the same `overlap`
    difference : the mean that is to be shown, above 0

    With an overlap the interval of no number of splits is narrower than what they have in common.
    """
    if not (difference > 0 and n > 1 and half >= 0):
        raise ValueError(f"difference={difference}, n={n}, half={half}: above 0, more than one, and at least 0")
    spread = half / (_student(n - 1, (1 + level) / 2) * math.sqrt(1 / n + overlap))
    quantiles = float(ndtri((1 + level) / 2) + ndtri(power))
    if quantiles * spread * math.sqrt(overlap) >= difference:
        return math.inf
    least = (1 + level) / 2, power
    needed = 2
    while sum(_student(needed - 1, one) for one in least) * spread * math.sqrt(1 / needed + overlap) > difference:
        needed += 1
    return needed


def _student(degrees: float, level: float) -> float:
    """Quantile of Student's distribution."""
    return float(stdtrit(degrees, level))


@dataclass(frozen=True)
class Interval:
    """An estimate and an interval that holds what it estimates with probability `level`, over the sample.

    Attributes
    ----------
    estimate, low, high : the ends may be infinite
    level : of confidence; at least this, unless approximate
    method : how it was found
    approximate : whether the level is only what simulations suggest
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    approximate: bool = False


def proportion_ends(successes: npt.NDArray[Any], n: int, level: float) -> tuple[FloatArray, FloatArray]:
    """Clopper and Pearson's ends of many proportions, each of whole-numbered successes among n trials."""
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(successes > 0, betaincinv(successes, n - successes + 1, tail), 0.0)
        high = np.where(successes < n, betaincinv(successes + 1, n - successes, 1 - tail), 1.0)
    return low, high
