"""Means, intervals and rank correlations of a few measurements."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import kendalltau, t

from pairbounds.theory.quantities.confidence import student_half

LEVEL = 0.95
OVERLAP = 1 / 3  # images that judge for each that trains, in the splits of trainings from pixels: widens intervals
DIGITS = 6  # what agrees to so many decimals ties in ranks: round-off gives errors and bounds no order


def mean_and_half(values: pd.Series, *, overlap: float = 0.0) -> tuple[float, float]:
    """The mean and half the width of Student's 95% interval; NaN for the width of a single value.

    Parameters
    ----------
    overlap : of random splits of one set, what `pairbounds.theory.quantities.confidence.student_half` has
    """
    return float(values.to_numpy(dtype=np.float64).mean()), student_half(values, LEVEL, overlap=overlap)


def pooled_half(groups: pd.DataFrame, *, overlap: float = 0.0) -> float:
    """Half the width of the 95% interval of the mean of any column, by the spread of all columns.

    Of many groups of a few values, the one with the smallest spread has it by chance. Degrees of freedom are those of
    one group: groups of the same seeds, in the rows, share their splits and what they are compared with.
    """
    spread = math.sqrt(float(groups.var(ddof=1).mean()))
    n = len(groups)
    return float(t.ppf((1 + LEVEL) / 2, n - 1)) * spread * math.sqrt(1 / n + overlap)


def excludes_zero(mean: float, half: float) -> bool:
    """Test that an interval around a mean lies on one side of 0: only then is a difference shown."""
    return abs(mean) > half


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Spearman's rank correlation; NaN where one of them is constant and there is no order to speak of.

    That of `scipy.stats.spearmanr` of values rounded to `DIGITS`, without its p-value and its checks, which take ten
    times as long: intervals ask for thousands of correlations.
    """
    x, y = (_centred_ranks(values) for values in (first, second))
    spread = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / spread if spread > 0 else math.nan


def order_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Kendall's τ of values rounded to `DIGITS`; NaN where one of them is constant and there is no order to speak of.

    Of ranks: infinity minus infinity is none.
    """
    return float(kendalltau(_centred_ranks(first), _centred_ranks(second)).statistic)


def _centred_ranks(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Ranks, equal values having the mean of theirs, less the mean of all; NaN if a value is."""
    rounded = np.round(np.asarray(values, dtype=np.float64), DIGITS)
    _, place, count = np.unique(rounded, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place] - (len(rounded) + 1) / 2
    return np.where(np.isnan(rounded).any(), np.nan, ranks)
