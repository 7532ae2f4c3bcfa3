"""Simultaneous comparisons of candidates with the best, by a joint bootstrap."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from pairbounds.infrastructure.arrays import FloatArray

BEST, WORSE, UNDECIDED = "best", "worse", "not shown to be worse"
LEVEL = 0.95


def compared_with_best(estimates: FloatArray, resampled: FloatArray | None, *, floor: float = 0.0) -> pd.DataFrame:
    """Compare each candidate with the best of the others.

    Each candidate is the control once. Its critical value is the quantile over resamples of the largest standardised
    error of its differences from the others, and at least the normal quantile. With probability `LEVEL`, the intervals
    with the true best as control all hold. Then no verdict "worse" is false, and all returned intervals hold.

    From estimates, (C,), of which smaller ones are better, and estimates on bootstrap samples shared by all candidates,
    (R, C). `floor` is added to the variance of a difference, since the bootstrap variance is too small if two
    candidates differ on few images.

    Returns
    -------
    DataFrame with a row for each candidate, and the columns
        difference : from the smallest estimate
        from, to : ends of simultaneous intervals of the difference from the best of the others
        verdict : `WORSE` if the interval is above 0; `BEST` if all others are worse; else `UNDECIDED`
        needed : factor on the number of labels for the verdict "worse", if the estimates do not change
    Without resamples, or for a single candidate, intervals are NaN and verdicts empty. O(R C²). Source: Edwards and Hsu
    1983, with a bootstrap instead of normal errors.
    """
    over = estimates - estimates.min()
    if resampled is None or len(estimates) < 2:
        return pd.DataFrame({"difference": over, "from": np.nan, "to": np.nan, "verdict": "", "needed": np.nan})
    difference = estimates[:, None] - estimates[None, :]
    reach = np.array([_reach(row, estimates, resampled, floor) for row in range(len(estimates))])
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
    is_worse = low > 0
    other = BEST if np.count_nonzero(~is_worse) == 1 else UNDECIDED
    factors = (reach[np.argmin(estimates)] / np.where(over > 0, over, np.nan)) ** 2
    return pd.DataFrame(
        {
            "difference": over,
            "from": low,
            "to": high,
            "verdict": np.where(is_worse, WORSE, other),
            "needed": np.nan_to_num(np.maximum(1.0, factors), nan=np.inf),
        }
    )


def _reach(control: int, estimates: FloatArray, resampled: FloatArray, floor: float) -> FloatArray:
    """Half-widths of simultaneous intervals of a control's difference from each candidate, (C,)."""
    errors = resampled - resampled[:, [control]] - (estimates - estimates[control])
    deviations = errors.std(axis=0)
    largest = np.max(np.abs(errors) / np.where(deviations > 0, deviations, np.inf), axis=1)
    normal = norm.ppf((1 + LEVEL) / 2)
    critical = max(float(normal), float(np.quantile(largest, LEVEL)))
    added = floor * (critical / normal) ** 2  # scaled like the interval
    return np.asarray(critical * np.sqrt(deviations**2 + added))
