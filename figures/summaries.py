"""Means, intervals and rank correlations of a few measurements."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import kendalltau, rankdata

from pairbounds.theory.quantities.confidence import student_half

LEVEL = 0.95
OVERLAP = 1 / 3  # images that judge for each that trains, in the splits of trainings from pixels: widens intervals
DIGITS = 6  # what agrees to so many decimals ties in ranks: round-off gives errors and bounds no order


def mean_and_half(values: pd.Series, *, level: float = LEVEL, overlap: float = 0.0) -> tuple[float, float]:
    """The mean and half the width of Student's interval; NaN for the width of a single value.

    `overlap`: of random splits of one set, what `pairbounds.theory.quantities.confidence.student_half` has.
    """
    return float(values.to_numpy(dtype=np.float64).mean()), student_half(values, level, overlap=overlap)


def accuracies(runs: pd.DataFrame, kinds: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Mean test accuracy in percent and half its interval, for each kind of encoder; of one label set.

    The seeds split one set of images, so that the interval is corrected for what they have in common.
    """
    return {kind: mean_and_half(100 * runs[runs["kind"] == kind]["test"], overlap=OVERLAP) for kind in kinds}


def excludes_zero(mean: float, half: float) -> bool:
    """Test that an interval around a mean lies on one side of 0: only then is a difference shown."""
    return abs(mean) > half


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Spearman's rank correlation of values rounded to `DIGITS`; NaN where one of them is constant and has no order."""
    x, y = (rankdata(np.round(np.asarray(values, dtype=np.float64), DIGITS)) for values in (first, second))
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else math.nan


def order_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Kendall's τ of values rounded to `DIGITS`; NaN where one of them is constant and has no order."""
    x, y = (np.round(np.asarray(values, dtype=np.float64), DIGITS) for values in (first, second))
    return float(kendalltau(x, y).statistic)
