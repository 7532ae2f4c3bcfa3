"""Simultaneous comparisons of candidates with the best, by a joint bootstrap."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from pairbounds.infrastructure.arrays import FloatArray

BEST, WORSE, UNDECIDED = "best", "worse", "not shown to be worse"


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Differences of candidates from the best of the others; smaller is better.

    Attributes
    ----------
    difference : (C,), from the smallest estimate
    low, high : (C,), ends of simultaneous intervals of the difference from the best of the others
    needed : (C,), factor on the number of labels for the verdict "worse", if the estimates do not change
    """

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    needed: FloatArray

    @property
    def verdicts(self) -> list[str]:
        """`WORSE` if the interval is above 0; `BEST` if all others are worse; else `UNDECIDED`."""
        worse = self.low > 0
        other = BEST if np.count_nonzero(~worse) == 1 else UNDECIDED
        return [WORSE if is_worse else other for is_worse in worse]


def compared_with_best(
    estimates: FloatArray, resampled: FloatArray, *, floor: float = 0.0, level: float = 0.95
) -> Comparisons:
    """Compare each candidate with the best of the others.

    Each candidate is the control once. Its critical value is the quantile over resamples of the largest standardised
    error of its differences from the others, and at least the normal quantile. With probability `level`, the intervals
    with the true best as control all hold. Then no verdict "worse" is false, and all returned intervals hold.

    Parameters
    ----------
    estimates : (C,), of at least two candidates; smaller is better
    resampled : (R, C), estimates on bootstrap samples shared by all candidates
    floor : variance to add to that of a difference, for a 95% interval: the bootstrap variance is too small if two
        candidates differ on few images

    Notes
    -----
    O(R C²). Source: Edwards and Hsu 1983, with a bootstrap instead of normal errors.
    """
    difference = estimates[:, None] - estimates[None, :]
    reach = np.array([_reach(row, estimates, resampled, floor, level) for row in range(len(estimates))])
    is_other = ~np.eye(len(estimates), dtype=bool)
    is_possible = np.all((difference <= reach) | ~is_other, axis=1)  # possible best candidates
    # The best is another candidate, or this one if it is kept.
    by_others = is_possible[None, :] & is_other
    low = np.where(by_others, difference - reach.T, np.inf).min(axis=1)
    high = np.where(by_others, difference + reach.T, -np.inf).max(axis=1)
    low_itself = np.where(is_other, difference - reach, -np.inf).max(axis=1)
    high_itself = np.where(is_other, difference + reach, -np.inf).max(axis=1)
    low = np.where(is_possible, np.minimum(low, low_itself), low)
    high = np.where(is_possible, np.maximum(high, high_itself), high)
    best = int(np.argmin(estimates))
    over = difference[:, best]
    factors = (reach[best] / np.where(over > 0, over, np.nan)) ** 2
    return Comparisons(over, low, high, np.nan_to_num(np.maximum(1.0, factors), nan=np.inf))


def comparison_columns(estimates: FloatArray, resampled: FloatArray | None, *, floor: float = 0.0) -> dict[str, Any]:
    """Columns difference, from, to, verdict and needed of a table, (C,) each, from `compared_with_best`.

    Without resamples, or for a single candidate, intervals are NaN and verdicts empty.
    """
    columns: dict[str, Any] = {"difference": estimates - estimates.min(), "from": np.nan, "to": np.nan}
    columns |= {"verdict": "", "needed": np.nan}
    if resampled is not None and len(estimates) > 1:
        result = compared_with_best(estimates, resampled, floor=floor)
        columns |= {"from": result.low, "to": result.high, "verdict": result.verdicts, "needed": result.needed}
    return columns


def _reach(control: int, estimates: FloatArray, resampled: FloatArray, floor: float, level: float) -> FloatArray:
    """Half-widths of simultaneous intervals of a control's difference from each candidate, (C,)."""
    errors = resampled - resampled[:, [control]] - (estimates - estimates[control])
    deviations = errors.std(axis=0)
    largest = np.max(np.abs(errors) / np.where(deviations > 0, deviations, np.inf), axis=1)
    critical = max(float(norm.ppf((1 + level) / 2)), float(np.quantile(largest, level)))
    added = floor * (critical / norm.ppf(0.975)) ** 2  # scaled like the interval
    return np.asarray(critical * np.sqrt(deviations**2 + added))
