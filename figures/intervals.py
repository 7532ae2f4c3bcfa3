"""What figures say of a few measurements."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import spearmanr

from theory.intervals import student_half


def mean_and_half(values: pd.Series) -> tuple[float, float]:
    """The mean and half the width of Student's 95% interval; NaN for the width of a single value."""
    return float(values.to_numpy(dtype=np.float64).mean()), student_half(values)


def excludes_zero(mean: float, half: float) -> bool:
    """Whether an interval around a mean lies on one side of 0: only then is there a difference to speak of."""
    return abs(mean) > half


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Spearman's rank correlation; NaN where one of them is constant and there is no order to speak of."""
    pair = np.array([first, second], dtype=np.float64)
    if min(len(np.unique(values)) for values in pair) < 2:
        return math.nan
    return float(spearmanr(*pair).statistic)
